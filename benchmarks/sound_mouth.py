"""How well the mouth that is heard in the sound alone agrees with the one that known phones give.

    python benchmarks/sound_mouth.py            scores the shipped map: one row for each voice
    python benchmarks/sound_mouth.py --fit      fits a new map on the voices that are not scored, and prints it

A score is the correlation over all frames of each column of `Motion.mouth`. The map is scored on voices that it was not fitted to.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from heygen_studio.motion.loudness import loudness
from heygen_studio.motion.make import make_motion
from heygen_studio.motion.motion import Curve
from heygen_studio.motion.mouth import LEAD_S
from heygen_studio.motion.sound_mouth import COLUMNS, MAP, PER_SECOND, features
from heygen_studio.script.script import Language, Line, Script
from heygen_studio.speech import Speech, find_voice, speak

TEXTS = (
    "When the museum opens on Sunday, you will find a small group of painters in the upper hall. They have been working there since "
    "before I was born, and they are happy to talk about every picture. Ask them how they mix blue and gold.",
    "Good evening, and thank you for joining us. Heavy snow has closed most of the mountain roads tonight, but the power is back in "
    "five of the seven towns. The mayor says that people should stay home, keep warm, and check on older neighbours.",
    "To make bread, you need only four things: flour, water, salt, and yeast. Mix them in a wide bowl, push and fold the dough for "
    "about ten minutes, and let it rest near a warm oven. When it has doubled, bake it until the crust is deep brown.",
)
CHINESE = "天气很好，我们去公园吧。这座博物馆里有很多漂亮的画。早上八点，妈妈买了苹果和面包，爸爸泡了一壶茶。"
FITTED = (
    "hibari:heart", "kokoro:af_bella", "kokoro:am_adam", "kokoro:bm_george", "kokoro:am_onyx", "kokoro:af_nova", "kokoro:bf_lily",
    "kokoro:am_puck", "kokoro:zf_xiaoxiao", "kokoro:zm_yunxi",
)  # fmt: skip
SCORED = ("coqui:joe", "kokoro:am_michael", "kokoro:bf_emma", "kokoro:zf_xiaobei", "kokoro:zm_yunjian")
FPS = 50.0


def spoken(voice: str, number: int, folder: Path) -> Speech:
    """One of the texts, spoken."""
    language: Language = "zh" if voice.startswith("kokoro:z") else "en"
    text = CHINESE if language == "zh" else TEXTS[number % len(TEXTS)]
    found = find_voice(voice, language=language, commercial=False)
    return speak(Script((Line(text),), language), found, folder=folder / voice.replace(":", "-"))


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
    found = np.linalg.solve(heard.T @ heard + 15 * np.eye(heard.shape[1]), heard.T @ known[:, COLUMNS])
    guess = heard @ found
    stretch = known[:, COLUMNS].std(axis=0) / guess.std(axis=0)
    found *= stretch
    found[-1] += guess.mean(axis=0) * (1 - stretch)
    return np.asarray(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true")
    fitting = parser.parse_args().fit
    with tempfile.TemporaryDirectory() as name:
        if fitting:
            print(np.array2string(fit(Path(name)), precision=3, suppress_small=True, separator=", ", threshold=10_000, max_line_width=140))
            return
        print(f"{'voice':20} aperture  spread  round  jaw  raise  depress")
        for number, voice in enumerate(SCORED):
            known, heard = known_and_heard(spoken(voice, number, Path(name)))
            guess = (heard @ MAP) * known.any(axis=1, keepdims=True)
            scores = [np.corrcoef(guess[:, i], known[:, column])[0, 1] for i, column in enumerate(COLUMNS)]
            print(f"{voice:20}", *(f"{score:7.2f}" for score in scores))


if __name__ == "__main__":
    main()
