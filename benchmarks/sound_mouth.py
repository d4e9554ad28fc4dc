"""How well the mouth that is heard in the sound alone agrees with the one that known phones give.

    python benchmarks/sound_mouth.py            scores the shipped map: one row for each voice
    python benchmarks/sound_mouth.py --fit      fits a new map on the voices that are not scored, and prints it

A score is the correlation over all frames of each column of `Motion.mouth`; the last column is the aperture of a recording whose phones
were guessed as well, as in `render --audio`. The map is scored on voices that it was not fitted to; French is not in it at all.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from heygen_studio.motion.loudness import loudness
from heygen_studio.motion.make import make_motion
from heygen_studio.motion.motion import APERTURE, Curve
from heygen_studio.motion.mouth import LEAD_S
from heygen_studio.motion.sound_map import MAP
from heygen_studio.motion.sound_mouth import COLUMNS, PER_SECOND, features
from heygen_studio.progress import Cancel
from heygen_studio.script.script import Language, Line, Script
from heygen_studio.speech import Speech, find_voice, speak
from heygen_studio.speech.kokoro import KokoroVoice
from heygen_studio.speech.phones import Sound, misaki_sounds
from heygen_studio.speech.sound_phones import PhoneDecoder
from heygen_studio.speech.timing import utterance

TEXTS = (
    "When the museum opens on Sunday, you will find a small group of painters in the upper hall. They have been working there since "
    "before I was born, and they are happy to talk about every picture. Ask them how they mix blue and gold.",
    "Good evening, and thank you for joining us. Heavy snow has closed most of the mountain roads tonight, but the power is back in "
    "five of the seven towns. The mayor says that people should stay home, keep warm, and check on older neighbours.",
    "To make bread, you need only four things: flour, water, salt, and yeast. Mix them in a wide bowl, push and fold the dough for "
    "about ten minutes, and let it rest near a warm oven. When it has doubled, bake it until the crust is deep brown.",
)
CHINESE = "天气很好，我们去公园吧。这座博物馆里有很多漂亮的画。早上八点，妈妈买了苹果和面包，爸爸泡了一壶茶。"
#: In the letters of Kokoro's alphabet, whose voices of these languages the app does not read texts for.
SPELLED = {
    "f": "bɔ̃ʒuʁ a tus, lə myze uvʁ se pɔʁt sə matɛ̃. nuz avɔ̃ paʁle avɛk yn ʒœn fam ki abit pʁɛ dy flœv, e ɛl nuz a mɔ̃tʁe œ̃ bo ʒaʁdɛ̃.",
    "e": "bwˈenos dˈias, el musˈeo ˈaβɾe sus pwˈeɾtas ˈesta maɲˈana. ˈemos aβlˈaðo kon ˈuna xˈoβen ke βˈiβe θˈeɾka del rˈio, i nos a "
    "enseɲˈaðo un xaɾðˈin mwi βonˈito.",
    "i": "bwonʤˈorno a tˈutti, il muzˈɛo ˈapre le sˈue pˈɔrte kwˈesta mattˈina. abbjˈamo parlˈato kon ˈuna ʤˈovane ke ˈabita viʧˈino al "
    "fjˈume, e ʧi a mostrˈato un bɛl ʤardˈino.",
    "p": "bõ ʤˈia a tˈodus, u muzˈew ˈabɾi as pˈɔɾtas ˈesta maɲˈɐ. falˈamus kõ ˈuma ʒˈovẽ ki mˈɔɾa pˈɛɾtu du xˈiu, i ˈɛla nus mostɾˈow "
    "ũ ʒaɾʤˈĩ mˈujtu bunˈitu.",
    "h": "nəmˈəsteː, aːʤ sʊbˈəh səŋɡrəhˈaːləj kʰˈʊleːɡaː. həmneː eːk lˈəɽkiː seː bˈaːt kiː ʤo nədˈiː keː pˈaːs rˈəhtiː hɛː, ɔːr ʊsneː "
    "ˈəpnaː bəɡˈiːʧaː dɪkʰˈaːjaː.",
    "j": "ohajoː ɡozaimasɨ. kʲoː wa hakɨbɨʦɨkaɴ ɡa asa haʨi ʥi ni akimasɨ. kawa no ʨikakɨ ni sɨmɨ josei to hanaɕimaɕita. totemo kireː "
    "na niwa deɕita.",
}
FITTED = (
    "hibari:heart", "kokoro:af_bella", "kokoro:am_adam", "kokoro:bm_george", "kokoro:am_onyx", "kokoro:af_nova", "kokoro:bf_lily",
    "kokoro:am_puck", "kokoro:zf_xiaoxiao", "kokoro:zm_yunxi", "kokoro:ef_dora", "kokoro:em_santa", "kokoro:if_sara", "kokoro:pf_dora",
    "kokoro:hf_alpha", "kokoro:hm_omega", "kokoro:jf_alpha", "kokoro:jf_gongitsune",
)  # fmt: skip
SCORED = (
    "coqui:joe", "kokoro:am_michael", "kokoro:bf_emma", "kokoro:zf_xiaobei", "kokoro:zm_yunjian", "kokoro:em_alex", "kokoro:im_nicola",
    "kokoro:pm_alex", "kokoro:hf_beta", "kokoro:jm_kumo", "kokoro:ff_siwis",
)  # fmt: skip
FPS = 50.0
#: Strength of the ridge, and the feature that is always 1.
RIDGE, ONE = 30.0, 27


def spoken(voice: str, number: int, folder: Path) -> Speech:
    """One of the texts, spoken."""
    if voice.startswith("kokoro:") and voice.split(":")[1][0] in SPELLED:
        return spelled(voice.split(":")[1], folder)
    language: Language = "zh" if voice.startswith("kokoro:z") else "en"
    text = CHINESE if language == "zh" else TEXTS[number % len(TEXTS)]
    found = find_voice(voice, language=language, commercial=False)
    return speak(Script((Line(text),), language), found, folder=folder / voice.replace(":", "-"))


def spelled(name: str, folder: Path) -> Speech:
    """The text of the voice's language, spoken by a voice of Kokoro that is in no catalogue."""
    voice = KokoroVoice(dataclasses.replace(find_voice("kokoro:af_bella", language="en", commercial=False), id=f"kokoro:{name}"))
    words = SPELLED[name[0]].split()
    sounds: list[Sound] = []
    for number, word in enumerate(words):
        sounds += [Sound(" ", "", number - 1)] if sounds and sounds[-1].symbol else []
        sounds += misaki_sounds(word, number)
    samples, spans = voice.utter(sounds, 1.0)
    said = utterance(samples, voice.rate, words, sounds, spans)
    wav = folder / f"{name}.wav"
    soundfile.write(wav, said.samples, voice.rate, subtype="PCM_16")
    duration = len(said.samples) / voice.rate
    return Speech(wav, voice.rate, duration, said.phones, (), ((0.0, duration),), name)


def guessed(speech: Speech) -> Curve:
    """The mouth of a recording in an unknown language: its phones guessed, and heard."""
    samples, rate = soundfile.read(speech.wav, dtype="float32")
    phones = PhoneDecoder().decode(samples, rate, 0.0, Cancel())
    return make_motion(dataclasses.replace(speech, phones=phones), fps=FPS, seed=0).mouth


def known_and_heard(speech: Speech) -> tuple[Curve, Curve]:
    """The mouth of the known phones at every frame, and what the map sees there."""
    level = loudness(speech)
    known = make_motion(speech, fps=FPS, seed=0).mouth
    seen = features(speech, level)
    clock = np.arange(len(seen)) / PER_SECOND
    times = (np.arange(len(known)) + 0.5) / FPS + LEAD_S
    heard = np.stack([np.interp(times, clock, column) for column in seen.T], axis=1)
    return known, heard


def fit(folder: Path) -> Curve:
    """The map of `least_squares` for the voices to be fitted."""
    pairs = [known_and_heard(spoken(voice, number, folder)) for number, voice in enumerate(FITTED)]
    return least_squares(pairs)


def least_squares(pairs: list[tuple[Curve, Curve]]) -> Curve:
    """The map with the least squared error while somebody speaks (with a small ridge), stretched to move as much as the known mouth."""
    known = np.concatenate([mouth[mouth[:, 0] > 0] for mouth, _ in pairs])
    heard = np.concatenate([seen[mouth[:, 0] > 0] for mouth, seen in pairs])
    scale = np.sqrt((heard**2).mean(axis=0))
    heard = heard / scale
    found = np.linalg.solve(heard.T @ heard + RIDGE * np.eye(heard.shape[1]), heard.T @ known[:, COLUMNS])
    guess = heard @ found
    stretch = known[:, COLUMNS].std(axis=0) / guess.std(axis=0)
    found *= stretch
    found[ONE] += guess.mean(axis=0) * (1 - stretch)
    return np.asarray(found / scale[:, None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    fitting = parser.parse_args().fit
    with tempfile.TemporaryDirectory() as name:
        if fitting:
            print(np.array2string(fit(Path(name)), precision=3, suppress_small=True, separator=", ", threshold=10_000, max_line_width=140))
            return
        print(f"{'voice':20} aperture  spread  round  jaw  raise  depress  guessed")
        for number, voice in enumerate(SCORED):
            speech = spoken(voice, number, Path(name))
            known, heard = known_and_heard(speech)
            guess = (heard @ MAP) * known.any(axis=1, keepdims=True)
            scores = [np.corrcoef(guess[:, i], known[:, column])[0, 1] for i, column in enumerate(COLUMNS)]
            scores.append(np.corrcoef(guessed(speech)[:, APERTURE], known[:, APERTURE])[0, 1])
            print(f"{voice:20}", *(f"{score:7.2f}" for score in scores), flush=True)


if __name__ == "__main__":
    main()
