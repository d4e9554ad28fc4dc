"""Fits the network that hears the mouth (`heygen_studio/motion/sound_net.safetensors`).

    python benchmarks/fit_sound_mouth.py                       fits it and writes the file (an hour, most of it for the voices)
    python benchmarks/fit_sound_mouth.py --without fh --to X   the same without French and Hindi, speakers and sounds, into the file X

44 voices of Kokoro speak words and invented words of eight languages, each partly with the accent of another. Every utterance is heard as
it is and `DEGRADED` times as a recording may be: another size of the speaker's head, an equaliser, a telephone, a room, noise or another
voice behind it. The network learns the mouth that the known sounds give (`heygen_studio.motion.mouth`). What the voices said is kept in
build/sound_corpus. Everything is drawn from seeds; floating point differs between machines in the last digits.
The voices that `sound_mouth.py` scores are not among those of the fit.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from invented_speech import TONGUES, sentence
from safetensors.numpy import save_file
from torch import Tensor, nn

from heygen_studio.motion.loudness import audible, loudness, usual
from heygen_studio.motion.motion import Curve, Track
from heygen_studio.motion.mouth import LEAD_S, mouth
from heygen_studio.motion.pauses import pauses
from heygen_studio.motion.sound_features import PER_SECOND, features
from heygen_studio.motion.sound_net import NUMBERS
from heygen_studio.motion.windows import ticks
from heygen_studio.speech import find_voice
from heygen_studio.speech.kokoro import KokoroVoice
from heygen_studio.speech.phones import Sound, misaki_sounds
from heygen_studio.speech.reading import read
from heygen_studio.speech.speech import Phone, Samples, Speech
from heygen_studio.speech.timing import utterance

CORPUS = Path("build/sound_corpus")
VOICES = (
    "af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river", "af_sarah", "af_sky",
    "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_onyx", "am_puck", "am_santa", "bf_alice", "bf_isabella", "bf_lily",
    "bm_daniel", "bm_fable", "bm_george", "bm_lewis", "ef_dora", "em_santa", "hf_alpha", "hm_omega", "hm_psi", "if_sara", "jf_alpha",
    "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "pf_dora", "pm_santa", "zf_xiaoni", "zf_xiaoxiao", "zf_xiaoyi", "zm_yunxi", "zm_yunxia",
    "zm_yunyang",
)  # fmt: skip
#: Utterances of some seven seconds, how many versions of each are degraded, and how often it is heard as it is.
UTTERANCES, DEGRADED, CLEAN = 340, 3, 3
#: Chance that a voice speaks its own language, and that English and Chinese are of real words.
OWN, REAL = 0.5, 0.6

#: The network: channels, and the steps between the three taps of each layer.
CHANNELS, FIRST_TAPS, DILATIONS, DROPOUT = 64, 5, (1, 2, 4, 8), 0.1
#: Training: rows of a stretch, stretches of a batch, batches, peak of the learning rate, shift of whole bands.
STRETCH, BATCH, STEPS, RATE, COLOUR = 240, 16, 10_000, 4e-3, 0.15
#: For each column of `Motion.mouth`: what counts as one error, and how much such an error matters.
SCALE = (3.0, 0.3, 0.3, 2.0, 0.25, 0.3, 0.3, 0.35, 0.4)
WEIGHT = (2.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.3, 0.6, 1.2)


@dataclass(frozen=True)
class Said:
    """An utterance. tongue: key of `TONGUES`; samples: float32 mono."""

    voice: str
    tongue: str
    rate: int
    samples: Samples
    phones: tuple[Phone, ...]

    def foreign_to(self, left_out: str) -> bool:
        """Whether neither the speaker nor the sounds are of the languages left out."""
        return self.tongue not in left_out and self.voice[0] not in left_out


# ---------------------------------------------------------------------------------------------------------------------- what is said


def corpus() -> Iterator[Said]:
    """All utterances, synthesised where they are not kept from before."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    words = english_words(), chinese_words()
    for number in range(UTTERANCES):
        path = CORPUS / f"{number:05}.npz"
        if not path.exists():
            keep(say(number, *words), path)
        yield kept(path)


def say(number: int, english: list[str], chinese: list[str]) -> Said:
    """One utterance: a voice, a language and a text drawn by its number."""
    dice = np.random.default_rng([7, number])
    name = VOICES[number * 17 % len(VOICES)]
    own = "a" if name[0] == "b" else name[0]
    tongue = own if dice.random() < OWN else str(dice.choice(list(TONGUES)))
    sounds = text(tongue, int(dice.integers(60, 110)), english, chinese, dice)
    speed = float(np.exp(dice.normal(0, 0.13)))
    some = find_voice("kokoro:af_bella", language="en", commercial=False)
    voice = KokoroVoice(dataclasses.replace(some, id=f"kokoro:{name}"))
    samples, spans = voice.utter(sounds, speed)
    said = utterance(samples, voice.rate, [""] * (sounds[-1].word + 1), sounds, spans)
    return Said(name, tongue, voice.rate, said.samples, said.phones)


def text(tongue: str, letters: int, english: list[str], chinese: list[str], dice: np.random.Generator) -> list[Sound]:
    """Words without sense: invented ones, or those of a dictionary."""
    if tongue == "z" and dice.random() < REAL:
        written = "".join(str(dice.choice(chinese)) + str(dice.choice(["", "，", ""])) for _ in range(max(2, letters // 14)))
        return list(read(written, "zh").sounds)
    spelled = ""
    if tongue == "a" and dice.random() < REAL:
        while len(spelled) < letters:
            spelled += english[int(dice.integers(len(english)))] + str(dice.choice([" ", ",", ". "], p=[0.8, 0.12, 0.08]))
    else:
        spelled = sentence(tongue, letters, dice)
    sounds: list[Sound] = []
    for number, word in enumerate(spelled.split()):
        sounds += [Sound(" ", "", number - 1)] if number else []
        sounds += misaki_sounds(word, number)
    return sounds


def english_words() -> list[str]:
    """The short words of hibari's dictionary, in Kokoro's letters."""
    from hibari.tts import ASSETS

    with gzip.open(Path(ASSETS) / "lexicon_us_gold.json.gz", "rt", encoding="utf-8") as file:
        entries = json.load(file)
    short = [said for word, said in entries.items() if word.isalpha() and word.islower() and len(word) < 12]
    return [word for said in short if (word := said if isinstance(said, str) else said.get("DEFAULT"))]


def chinese_words() -> list[str]:
    """The words and sayings of pypinyin's dictionary, up to four characters long."""
    from pypinyin.phrases_dict import phrases_dict

    return [word for word in phrases_dict if len(word) <= 4]


def keep(said: Said, path: Path) -> None:
    times = np.array([(phone.start, phone.end) for phone in said.phones])
    pcm = np.int16(np.clip(said.samples, -1, 1) * 32767)
    symbols = np.array([phone.symbol for phone in said.phones])
    np.savez(path, voice=said.voice, tongue=said.tongue, rate=said.rate, pcm=pcm, symbols=symbols, times=times)


def kept(path: Path) -> Said:
    with np.load(path, allow_pickle=False) as file:
        phones = tuple(Phone(str(symbol), *times) for symbol, times in zip(file["symbols"], file["times"].tolist(), strict=True))
        return Said(str(file["voice"]), str(file["tongue"]), int(file["rate"]), file["pcm"].astype(np.float32) / 32768, phones)


# ---------------------------------------------------------------------------------------------------------------------- what is heard


def examples(left_out: str) -> list[tuple[Track, Track]]:
    """What is heard and the mouth at every tick, of each utterance as it is and degraded."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        behind = np.zeros(1, np.float32)
        for number, said in enumerate(corpus()):
            dice = np.random.default_rng([11, number])
            for version in range(DEGRADED + 1):
                taller = float(np.exp(np.clip(dice.normal(0, 0.07), -0.16, 0.16))) if version else 1.0
                heard = degraded(said.samples, said.rate, behind, dice) if version else said.samples
                if said.foreign_to(left_out):
                    found += [example(said, heard, taller, Path(folder) / "said.wav")] * (1 if version else CLEAN)
            behind = said.samples
    return found


def example(said: Said, heard: Samples, taller: float, wav: Path) -> tuple[Track, Track]:
    """What is heard, and the mouth of the sound before it was degraded; taller: factor of the pace and of all frequencies."""
    rate = round(said.rate * taller)
    times = said.rate / rate
    phones = tuple(Phone(phone.symbol, phone.start * times, phone.end * times) for phone in said.phones)
    speech = Speech(wav, rate, len(said.samples) / rate, phones, (), (), said.voice)
    soundfile.write(wav, said.samples, rate, subtype="PCM_16")
    level = loudness(speech)
    clock = np.arange(ticks(speech, PER_SECOND)) / PER_SECOND
    known = mouth(phones, pauses(audible(level), phones), level, usual(level), clock - LEAD_S)
    soundfile.write(wav, heard, rate, subtype="PCM_16")
    return features(speech, loudness(speech)), known.astype(np.float32)


def degraded(samples: Samples, rate: int, behind: Samples, dice: np.random.Generator) -> Samples:
    """The sound through an equaliser, perhaps a telephone, a room, with noise or another voice behind it, at any level."""
    count = len(samples)
    hertz = np.fft.rfftfreq(2 * count, 1 / rate)
    octaves = np.log2(np.maximum(hertz, 50) / 50)
    gain_db = np.interp(octaves, np.linspace(0, 8, 9), dice.normal(0, 4, 9))
    if dice.random() < 0.3:
        gain_db -= np.maximum(hertz - dice.uniform(3000, 7000), 0) / 20
    if dice.random() < 0.2:
        gain_db -= np.maximum(dice.uniform(100, 350) - hertz, 0) / 5
    response = 10 ** (gain_db / 20)
    if dice.random() < 0.4:
        response = response * np.fft.rfft(room(rate, dice), 2 * count)
    sound = np.fft.irfft(np.fft.rfft(samples, 2 * count) * response)[:count]
    chance = dice.random()
    if chance < 0.5:
        sound += at_level(noise(count, rate, dice), sound, -dice.uniform(5, 40))
    elif chance < 0.62:
        sound += at_level(np.resize(behind, count), sound, -dice.uniform(12, 30))
    return (sound / max(1e-6, np.abs(sound).max()) * 10 ** (-dice.uniform(1, 20) / 20)).astype(np.float32)


def room(rate: int, dice: np.random.Generator) -> Curve:
    """The impulse response of a room whose echo dies away within .1 to .6 s, 0 to 14 dB weaker than the sound itself."""
    length = int(dice.uniform(0.1, 0.6) * rate)
    echo = dice.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    echo *= 10 ** (-dice.uniform(0, 14) / 20) / np.sqrt((echo**2).sum())
    echo[0] += 1
    return np.asarray(echo)


def noise(count: int, rate: int, dice: np.random.Generator) -> Curve:
    """Noise between white and brown."""
    spectrum = np.fft.rfft(dice.standard_normal(count))
    spectrum *= (np.maximum(np.fft.rfftfreq(count, 1 / rate), 60) / 1000) ** -dice.uniform(0, 1)
    return np.asarray(np.fft.irfft(spectrum, count))


def at_level(added: Curve, sound: Curve, level_db: float) -> Curve:
    """``added`` so much louder than the sound."""
    return np.asarray(added * np.sqrt((sound**2).mean() / max(1e-12, (added**2).mean())) * 10 ** (level_db / 20))


# ---------------------------------------------------------------------------------------------------------------------- the network


class Network(nn.Module):
    """As `sound_net` runs it: every layer shortens its input to what it sees in full."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(channels, CHANNELS, FIRST_TAPS)
        self.layers = nn.ModuleList([nn.Conv1d(CHANNELS, CHANNELS, 3, dilation=step) for step in DILATIONS])
        self.last = nn.Conv1d(CHANNELS, len(SCALE), 1)

    def forward(self, heard: Tensor) -> Tensor:
        """[batch, channels, ticks + 2 x REACH] -> [batch, columns, ticks], in units of SCALE."""
        shape = torch.relu(self.first(heard))
        for layer, step in zip(self.layers, DILATIONS, strict=True):
            shape = shape[:, :, step:-step] + torch.relu(layer(nn.functional.dropout(shape, DROPOUT, self.training)))
        return torch.as_tensor(self.last(shape))


REACH = FIRST_TAPS // 2 + sum(DILATIONS)


def fitted(pairs: list[tuple[Track, Track]]) -> Network:
    torch.manual_seed(0)
    dice = np.random.default_rng(0)
    network = Network(pairs[0][0].shape[1])
    padded = [stretched(heard, mouth) for heard, mouth in pairs]
    lengths = np.array([len(mouth) for _, mouth in padded], float)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=STEPS, pct_start=0.1)
    scale, weight = (torch.tensor(row)[None, :, None] for row in (SCALE, WEIGHT))
    for step in range(STEPS):
        chosen = [padded[index] for index in dice.choice(len(padded), BATCH, p=lengths / lengths.sum())]
        starts = [int(dice.integers(len(mouth) - STRETCH + 1)) for _, mouth in chosen]
        seen = np.stack([heard[at : at + STRETCH + 2 * REACH].T for (heard, _), at in zip(chosen, starts, strict=True)])
        seen += dice.normal(0, COLOUR, (BATCH, seen.shape[1], 1)).astype(np.float32)
        wanted = np.stack([mouth[at : at + STRETCH].T for (_, mouth), at in zip(chosen, starts, strict=True)])
        wrong = nn.functional.smooth_l1_loss(network(torch.from_numpy(seen)), torch.from_numpy(wanted) / scale, reduction="none")
        loss = (wrong * weight).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 500 == 0:
            print(f"{step} of {STEPS} steps, error {loss.item():.4f}", flush=True)
    return network.eval()


def stretched(heard: Track, mouth: Track) -> tuple[Track, Track]:
    """With room for the network's reach at both ends, and not shorter than a stretch."""
    more = max(0, STRETCH - len(mouth))
    return np.pad(heard, ((REACH, REACH + more), (0, 0)), mode="edge"), np.pad(mouth, ((0, more), (0, 0)), mode="edge")


def save(network: Network, path: Path) -> None:
    """The numbers as `sound_net` reads them: taps [taps, channels in, channels out] and biases [channels out] in half precision."""
    numbers: dict[str, Any] = {}
    for at, layer in enumerate([network.first, *network.layers, network.last]):
        taps, bias = (values.detach().numpy() for values in (layer.weight, layer.bias))
        scale = np.array(SCALE, np.float32) if layer is network.last else np.float32(1)
        numbers[f"{at}.taps"] = np.ascontiguousarray((taps.transpose(2, 1, 0) * scale).astype(np.float16))
        numbers[f"{at}.bias"] = (bias * scale).astype(np.float16)
    save_file(numbers, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without", default="", help=f"languages to leave out, of {''.join(TONGUES)}")
    parser.add_argument("--to", type=Path, default=NUMBERS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # quicker for a network this small, and the same sums every time
    save(fitted(examples(arguments.without)), arguments.to)


if __name__ == "__main__":
    main()
