"""How well the mouth that is heard in the sound alone agrees with the one that known phones give.

    python benchmarks/sound_mouth.py                one row for each voice
    python benchmarks/sound_mouth.py --numbers X    the same with the numbers of another fit, as one without a language (fit_sound_mouth.py)

A score is the correlation over all frames of each column of `Motion.mouth`, as `make_motion` gives it with and without phones: silence,
pauses and all. "shuts" is how many closures of the lips are heard, "rightly" how many of those heard are none but closures, of 1.
No voice and no text here is in the fit.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from heygen_studio.motion import sound_net
from heygen_studio.motion.make import make_motion
from heygen_studio.motion.motion import APERTURE, CLOSURE, DEPRESS, JAW, LABIODENTAL, RAISE, ROUND, SPREAD, Track
from heygen_studio.script.script import Language, Line, Script
from heygen_studio.speech import Speech, find_voice, speak
from heygen_studio.speech.kokoro import KokoroVoice
from heygen_studio.speech.phones import Sound, misaki_sounds
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
SCORED = (
    "coqui:joe", "hibari:heart", "kokoro:am_michael", "kokoro:bf_emma", "kokoro:zf_xiaobei", "kokoro:zm_yunjian", "kokoro:em_alex",
    "kokoro:im_nicola", "kokoro:pm_alex", "kokoro:hf_beta", "kokoro:jm_kumo", "kokoro:ff_siwis",
)  # fmt: skip
FPS = 50.0
#: The columns that are scored.
COLUMNS = {
    "aperture": APERTURE, "spread": SPREAD, "round": ROUND, "jaw": JAW, "raise": RAISE, "depress": DEPRESS, "f/v": LABIODENTAL,
    "closure": CLOSURE,
}  # fmt: skip


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


def scores(speech: Speech) -> list[float]:
    """The correlations, and the parts of 1 of the lips that should shut and do, and of those that do and should."""
    known, heard = (make_motion(one, fps=FPS, seed=0).mouth for one in (speech, dataclasses.replace(speech, phones=())))
    with np.errstate(invalid="ignore"):  # a text without f and v
        found = [float(np.corrcoef(known[:, column], heard[:, column])[0, 1]) for column in COLUMNS.values()]
    shuts, shut = closures(known), closures(heard)
    return [*found, met(shuts, shut), met(shut, shuts)]


def closures(mouth: Track) -> list[slice]:
    """The times, in frames, at which the lips are shut by a closure."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mouth[:, CLOSURE] > 0.95, [0]]).astype(np.int8)))
    return [slice(start, end) for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def met(these: list[slice], others: list[slice]) -> float:
    """How many of these times have one of the others within a frame, of 1."""
    return float(np.mean([any(a.start <= b.stop and b.start <= a.stop for b in others) for a in these])) if these else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--numbers", type=Path, default=sound_net.NUMBERS, help="those of another fit")
    sound_net.NUMBERS = parser.parse_args().numbers
    print(f"{'voice':20}", *(f"{name:>8}" for name in (*COLUMNS, "shuts", "rightly")))
    with tempfile.TemporaryDirectory() as name:
        for number, voice in enumerate(SCORED):
            print(f"{voice:20}", *(f"{score:8.2f}" for score in scores(spoken(voice, number, Path(name)))), flush=True)


if __name__ == "__main__":
    main()
