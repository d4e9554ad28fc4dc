"""Speech: a script spoken by a voice, or a recording, with the time of every phone and word."""

from .catalogue import find_voice, voices
from .speaking import speak
from .speech import Phone, Speech, Utterance, Word
from .voice import Voice, VoiceEngine

__all__ = ["Phone", "Speech", "Utterance", "Voice", "VoiceEngine", "Word", "find_voice", "speak", "voices"]
