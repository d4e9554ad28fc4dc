"""The sounds of a recording in any language, without knowing its words.

pocketsphinx decodes the sound freely into the phones of its English model. In another language they are the nearest English ones, which
is enough for a mouth: lips close where they close, and open as wide as the vowel asks for.
"""

from __future__ import annotations

from ..progress import Cancel
from .alignment import FRAME, IPA, decode, pcm
from .speech import Phone, Samples

#: The phones are found early by this much, against the known times of synthetic voices in four languages; seconds.
_EARLY = 0.02


class PhoneDecoder:
    """Holds the acoustic model and a model of which phones follow each other. Serves one thread at a time."""

    def __init__(self) -> None:
        from pocketsphinx import Decoder, get_model_path

        self._decoder: Decoder = Decoder(lm=None, bestpath=False, loglevel="FATAL", lw=2.0, beam=1e-20, pbeam=1e-20)
        self._decoder.add_allphone_file("phones", get_model_path("en-us/en-us-phone.lm.bin"))
        self._decoder.activate_search("phones")

    def decode(self, samples: Samples, rate: int, start: float, cancel: Cancel) -> tuple[Phone, ...]:
        """The sounds of at most half a minute, all `guessed`; "" for silence and noise.

        samples: float32 mono; start: seconds, added to all times.
        """
        cancel.check()
        decode(self._decoder, pcm(samples, rate))
        end = start + len(samples) / rate
        phones: list[Phone] = []
        for segment in self._decoder.seg():
            symbol = IPA.get(segment.word, "")
            first = phones[-1].end if phones else start
            last = min(end, start + (segment.end_frame + 1) * FRAME + _EARLY)
            if phones and phones[-1].symbol == symbol == "":
                first = phones.pop().start
            if last > first:
                phones.append(Phone(symbol, first, last, guessed=True))
        return tuple(phones)
