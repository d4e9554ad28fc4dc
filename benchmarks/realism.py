"""Does the face do what it is told, and does it still look like the photo? Measured on the finished MP4.

    python benchmarks/realism.py [--portraits hopper astronaut photo.jpg ...] [--variants] [--voice hibari:heart] [--size 512x512]

Renders every portrait with two texts through the real pipeline, finds the face again in every frame of the file, prints one table (one
column for each video, one row for each measure, with its bar) and writes to build/realism: the table as JSON, and two pictures of each
video, frames from all over it and the mouth in consecutive frames. The lips are measured three times: as they were drawn (geometry), in
the pixels of the file (`mouth_seen`), and by the landmarks found again, which have a bias of .2 to .6 mm and hardly see painted lips open.
With --variants every portrait is also tried near and far, in other light, of darker skin, bearded, mirrored and badly stored.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from mouth_seen import LipGap, drawn_gap, tongue_seen
from variants import variants

from heygen_studio.frames import frame_engine
from heygen_studio.motion import Motion, make_motion
from heygen_studio.motion.motion import APERTURE, CLOSURE, LABIODENTAL, ROUND
from heygen_studio.portrait import Image, Portrait, find_avatar, prepare_portrait
from heygen_studio.portrait.landmarks import FaceTracker
from heygen_studio.portrait.windows import RIGID, WINDOWS, face_only, through_windows
from heygen_studio.script.script import Line, Script
from heygen_studio.speech import Speech, find_voice, speak
from heygen_studio.video.encode import encode_video
from heygen_studio.video.probe import read_frames
from heygen_studio.weights import fetch

Numbers = npt.NDArray[np.floating]

FPS = 25.0
TEXTS = {
    "lips": (
        Line("My mother bought a bag of plump blueberries from a farm above the valley.", "warm"),
        Line("Who would move to a room with two views of the moon?"),
        Line("Five very brave wolves followed me home, but Bob put them back on the boat!", "excited"),
    ),
    "news": (
        Line("Good evening, and thank you for joining us."),
        Line("Heavy snow has closed most of the mountain roads tonight, but the power is back in five of the seven towns.", "serious"),
        Line("People should stay home, keep warm, and check on older neighbours.", "concerned"),
    ),
}

#: What a measure should be, as it is printed. Gaps that the tracker sees are above the video's lowest reading, those of pixels above its
#: first frame, where the mouth is at rest.
BARS = {
    "drawn opening follows: r": ">= .93",
    "drawn shut: widest gap mm": "<= .15",
    "pixels' opening follows: r": ">= .93",
    "pixels: p/b/m shut (<= .15) %": ">= 95",
    "pixels: silence gap mm": "<= .15",
    "tongue seen in l,th,n,d,t %": "",
    "lip opening follows: r": ">= .93",
    "p/b/m shut (<= .3 mm) %": ">= 95",
    "p/b/m gap mm": "<= .15",
    "silence gap mm": "<= .15",
    "silence, gap's step mm": "still",
    "f/v gap mm": "0-1.7",
    "rounded: narrower by %": ">= 20",
    "blink: iris still seen %": "<= 15",
    "blink: white still seen %": "<= 15",
    "blink: tracker's eye height %": "<= 15",
    "blinks a minute": "10-25",
    "pitch, yaw, roll: largest": "4, 6, 3",
    "pitch, yaw, roll: r": "",
    "skin colour differs by %": "<= 3",
    "skin sharpness differs by %": "<= 3",
    "of this by encoding": "",
    "background noise, levels": "<= 1",
    "border moves, levels": "<= 1",
    "frames without a face": "0",
}

#: Landmarks: inner lips (upper, lower), mouth corners, lids (upper, lower), corners and outlines of both eyes, and bare skin (cheeks,
#: forehead).
LIPS, CORNERS = (13, 14), (61, 291)
LIDS, EYE_CORNERS = ((159, 145), (386, 374)), ((33, 133), (362, 263))
EYE_OUTLINES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
SKIN = ((50, 101, 36, 205, 187), (280, 330, 266, 425, 411), (9, 107, 69, 10, 299, 336))

#: Distance of the outer eye corners in mm, the ruler of the head frame.
EYES_MM = 89.0

#: Pixels this much darker than the skin, within the outline of the open eye, are iris (or lashes).
IRIS = 0.55

#: The lowest part of that outline is not looked at: the lashes of a shut eye lie there.
LASHES_LIE = 0.4

#: Pixels this much brighter and less saturated than the skin, there, are the white of the eye; eyes that show less of it (painted ones,
#: in the shade) have none to hide.
WHITE_BRIGHTER, WHITE_PALER, WHITE_SEEN = 0.9, 0.65, 0.04

#: The lips are looked at through this many windows and their mirror images.
VIEWS = WINDOWS[:3]


@dataclass(frozen=True)
class Seen:
    """What was found in the n frames of a video. pixels: mm between the lips by their colours, [n]; gap, width, eyes: mm by landmarks, [n],
    [n], [n, 2]; iris, white: dark and pale parts of the open eyes' outline, [n] each; turned: degrees of pitch, yaw and roll from the
    portrait's, [n, 3]; colour, sharpness: of the skin in every tenth frame, [m, 3] and [m]; noise, border: grey levels; lost: frames
    without a face."""

    pixels: Numbers
    gap: Numbers
    width: Numbers
    eyes: Numbers
    iris: Numbers
    white: Numbers
    turned: Numbers
    colour: Numbers
    sharpness: Numbers
    noise: float
    border: float
    lost: int


def spoken(lines: tuple[Line, ...], voice: str, folder: Path) -> Speech:
    return speak(Script(lines), find_voice(voice, language="en", commercial=False), folder=folder)


def rendered(portrait: Portrait, motion: Motion, speech: Speech, output: Path) -> None:
    frames = frame_engine("mesh").frames(portrait, motion)
    encode_video(frames, len(motion), size=portrait.size, fps=motion.fps, wav=speech.wav, output=output, tags={})


def look(video: Path, portrait: Portrait, tracker: FaceTracker) -> Seen:
    """Find the face in every frame and measure it against the portrait."""
    still = cv2.erode((portrait.matte < 0.01).astype(np.uint8), np.ones((9, 9))).astype(bool)
    border = _border(portrait.image)
    measures: list[tuple[float, ...]] = []
    pixels, skin, noise, borders, lost = [], [], [], [], 0
    first = before = np.zeros_like(portrait.image)
    for number, frame in enumerate(read_frames(video)):
        points = tracker.follow(frame)
        if points is None:
            lost += 1
            points = portrait.landmarks
        if number == 0:
            first, before, lip_gap = frame, frame, LipGap(frame, points)
        measures.append((*_lips_and_eyes(tracker, frame, points), *_eyeball(frame, points, portrait), *_turned(points, portrait)))
        pixels.append(lip_gap(frame, points))
        noise.append(float(np.abs(frame[still].astype(float) - before[still]).mean()) if still.any() else 0.0)
        if number % 10 == 0:
            skin.append(_skin(frame, points))
            borders.append(float(np.abs(_smooth(frame)[border] - _smooth(first)[border]).mean()))
        before = frame
    table = np.array(measures)
    colour, sharpness = (np.array(column) for column in zip(*skin, strict=True))
    gap, width, eyes, iris, white, turned = table[:, 0], table[:, 1], table[:, 2:4], table[:, 4], table[:, 5], table[:, 6:]
    quiet = float(np.mean(noise)), float(np.mean(borders))
    return Seen(np.array(pixels), gap, width, eyes, iris, white, turned, colour, sharpness, *quiet, lost)


def _lips_and_eyes(tracker: FaceTracker, frame: Image, points: Numbers) -> tuple[float, ...]:
    """Gap and width of the lips and height of both eyes, mm: the mean of several views."""
    face, points = face_only(frame, points.astype(np.float32))
    seen = through_windows(tracker.face_mesh, face, points, VIEWS).mean(axis=0)

    def apart(one: int, other: int) -> float:
        return float(np.linalg.norm(seen[one] - seen[other]))

    mm = apart(EYE_CORNERS[0][0], EYE_CORNERS[1][1]) / EYES_MM
    return tuple(apart(*pair) / mm for pair in (LIPS, CORNERS, *LIDS))


def _turned(points: Numbers, portrait: Portrait) -> tuple[float, ...]:
    """Degrees of pitch, yaw and roll by which the rigid points of the face have turned (Kabsch's rotation); see `Motion.pose`."""
    before, after = (mesh[RIGID].astype(float) - mesh[RIGID].mean(axis=0) for mesh in (portrait.landmarks, points))
    u, _, v = np.linalg.svd(before.T @ after)
    turn = (u @ np.diag([1, 1, np.linalg.det(u @ v)]) @ v).T
    pitch, yaw, roll = np.arctan2(turn[2, 1], turn[2, 2]), np.arcsin(turn[2, 0]), np.arctan2(turn[1, 0], turn[0, 0])
    return tuple(float(angle) for angle in np.degrees([pitch, yaw, roll]))


def _eyeball(frame: Image, points: Numbers, portrait: Portrait) -> tuple[float, float]:
    """The dark part (iris) and the pale part (white) of the outlines that the open eyes have in the portrait, laid on the eyes' corners
    of the frame, less the lowest part; 0 to 1 each. No landmark of the lids is asked: trackers take long lashes and folds of glasses'
    wearers for an eye."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    paleness = 1 - frame.min(axis=2) / np.maximum(frame.max(axis=2), 1)
    parts = []
    for outline, corners in zip(EYE_OUTLINES, EYE_CORNERS, strict=True):
        before, after = (mesh[list(corners), :2] @ [1, 1j] for mesh in (portrait.landmarks, points))
        turn = (after[1] - after[0]) / (before[1] - before[0])
        rim = portrait.landmarks[list(outline), :2] @ [1, 1j]
        rim[9:] += LASHES_LIE * (rim[7:0:-1] - rim[9:])
        moved = after[0] + turn * (rim - before[0])
        mask = np.zeros(grey.shape, np.uint8)
        cv2.fillPoly(mask, [np.stack([moved.real, moved.imag], axis=1).round().astype(np.int32)], 1)
        around = cv2.dilate(mask, np.ones((3, 3)), iterations=max(1, int(abs(after[1] - after[0]) / 4))) - mask
        skin, pale = np.median(grey[around > 0]), np.median(paleness[around > 0])
        white = (grey[mask > 0] > WHITE_BRIGHTER * skin) & (paleness[mask > 0] < WHITE_PALER * pale)
        parts.append(((grey[mask > 0] < IRIS * skin).mean(), white.mean()))
    iris, white = np.mean(parts, axis=0)
    return float(iris), float(white)


def _skin(image: Image, points: Numbers) -> tuple[Numbers, float]:
    """Mean colour [3] and sharpness of the bare skin; the sharpness is the deviation from the blurred image, in grey levels."""
    mask = np.zeros(image.shape[:2], np.uint8)
    for patch in SKIN:
        cv2.fillConvexPoly(mask, cv2.convexHull(points[list(patch), :2].round().astype(np.int32)), 1)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 2.0)
    inside = mask.astype(bool)
    return image[inside].mean(axis=0), float(fine[inside].std())


def _smooth(image: Image) -> Numbers:
    """The image without its grain, which the encoder changes from frame to frame."""
    return np.asarray(cv2.GaussianBlur(image.astype(np.float32), (0, 0), 2.0))


def _border(image: Image) -> npt.NDArray[np.bool_]:
    """The outermost 1 % of the frame."""
    margin = max(2, round(0.01 * min(image.shape[:2])))
    mask = np.ones(image.shape[:2], bool)
    mask[margin:-margin, margin:-margin] = False
    return mask


def judge(seen: Seen, motion: Motion, portrait: Portrait) -> dict[str, str]:
    """The measures of one video, by the names of `BARS`."""
    mouth = motion.mouth
    gap = seen.gap - np.percentile(seen.gap, 5)
    shut, teeth, silent = mouth[:, CLOSURE] >= 0.97, mouth[:, LABIODENTAL] >= 0.9, np.all(mouth == 0, axis=1)
    within = np.logical_and(silent[1:], silent[:-1])
    rounded, plain = mouth[:, ROUND] > 0.8, (mouth[:, ROUND] < 0.15) & (mouth[:, CLOSURE] < 0.3) & ~silent
    blinking, open_eyes = motion.blink >= 0.99, motion.blink < 0.01
    height = (seen.eyes / np.median(seen.eyes[open_eyes], axis=0)).max(axis=1)
    white = np.median(seen.white[open_eyes])
    blinks = np.flatnonzero(np.diff((height < 0.7).astype(int)) > 0)
    colour, sharpness = _skin(portrait.image, portrait.landmarks)
    drawn, pixels = drawn_gap(portrait, motion), seen.pixels
    return {
        "drawn opening follows: r": f"{np.corrcoef(mouth[:, APERTURE], drawn)[0, 1]:.3f}",
        "drawn shut: widest gap mm": f"{drawn[shut | silent].max():.2f}",
        "pixels' opening follows: r": f"{np.corrcoef(mouth[:, APERTURE], pixels)[0, 1]:.3f}",
        "pixels: p/b/m shut (<= .15) %": _mean(pixels[shut] <= 0.15, 100, 0),
        "pixels: silence gap mm": _mean(pixels[silent]),
        "tongue seen in l,th,n,d,t %": _mean(tongue_seen(portrait, motion), 100, 0),
        "lip opening follows: r": f"{np.corrcoef(mouth[:, APERTURE], gap)[0, 1]:.3f}",
        "p/b/m shut (<= .3 mm) %": _mean(gap[shut] <= 0.3, 100, 0),
        "p/b/m gap mm": _mean(gap[shut]),
        "silence gap mm": _mean(gap[silent]),
        "silence, gap's step mm": _mean(np.abs(np.diff(gap))[within]),
        "f/v gap mm": _mean(gap[teeth]),
        "rounded: narrower by %": f"{100 * (1 - np.median(seen.width[rounded]) / np.median(seen.width[plain])):.0f}",
        "blink: iris still seen %": f"{100 * np.median(seen.iris[blinking]) / np.median(seen.iris[open_eyes]):.0f}",
        "blink: white still seen %": f"{100 * np.median(seen.white[blinking]) / white:.0f}" if white > WHITE_SEEN else "none",
        "blink: tracker's eye height %": f"{100 * np.median(height[blinking]):.0f}",
        "blinks a minute": f"{len(blinks) / len(motion) * motion.fps * 60:.0f}",
        "pitch, yaw, roll: largest": " ".join(f"{np.abs(axis).max():.1f}" for axis in seen.turned.T),
        "pitch, yaw, roll: r": " ".join(f"{np.corrcoef(a, b)[0, 1]:.2f}" for a, b in zip(motion.pose.T, seen.turned.T, strict=True)),
        "skin colour differs by %": f"{100 * np.abs(seen.colour / colour - 1).mean():.1f}",
        "skin sharpness differs by %": f"{100 * (np.median(seen.sharpness) / sharpness - 1):.1f}",
        "of this by encoding": f"{100 * (seen.sharpness[0] / sharpness - 1):.1f}",
        "background noise, levels": f"{seen.noise:.2f}",
        "border moves, levels": f"{seen.border:.2f}",
        "frames without a face": f"{seen.lost}",
    }


def _mean(values: Numbers | npt.NDArray[np.bool_], factor: float = 1.0, digits: int = 2) -> str:
    return f"{factor * values.mean():.{digits}f}" if len(values) else "none"


def telling(motion: Motion, count: int) -> list[int]:
    """Frames worth looking at: the extremes of every track, then evenly spread ones."""
    extremes = [motion.mouth[:, column].argmax() for column in range(motion.mouth.shape[1])]
    extremes += [motion.blink.argmax(), motion.brow.argmax(), motion.brow.argmin(), motion.smile.argmax(), motion.smile.argmin()]
    extremes += [index for axis in motion.pose.T for index in (axis.argmin(), axis.argmax())]
    spread = np.linspace(0, len(motion) - 1, count).round().astype(int)
    chosen = dict.fromkeys(int(index) for index in (*extremes, *spread))
    return sorted(list(chosen)[:count])


def tiles(video: Path, wanted: list[int], box: tuple[int, int, int, int], width: int) -> Iterator[Image]:
    """The wanted frames, cut to a box (left, top, right, bottom) and labelled with their number."""
    left, top, right, bottom = box
    for number, frame in enumerate(read_frames(video)):
        if number in wanted:
            part = frame[max(0, top) : bottom, max(0, left) : right]
            tile = cv2.resize(part, (width, round(width * part.shape[0] / part.shape[1])), interpolation=cv2.INTER_CUBIC)
            cv2.putText(tile, str(number), (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 255, 0), 1, cv2.LINE_AA)
            yield np.asarray(tile, np.uint8)


def sheet(video: Path, wanted: list[int], box: tuple[int, int, int, int], columns: int, output: Path) -> None:
    """One picture of the wanted frames in rows."""
    pictures = list(tiles(video, wanted, box, width=1500 // columns))
    pictures += [np.zeros_like(pictures[0])] * (-len(pictures) % columns)
    rows = [np.hstack(pictures[start : start + columns]) for start in range(0, len(pictures), columns)]
    cv2.imwrite(str(output), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def boxes(portrait: Portrait) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """The face with some room, and the mouth, in the portrait's pixels."""
    points = portrait.landmarks[:, :2]
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    room = 0.3 * (right - left)
    x, y = points[list(LIPS)].mean(axis=0)
    half = 0.32 * (right - left)
    return (
        (int(left - room), int(top - room), int(right + room), int(bottom + room)),
        (int(x - half), int(y - 0.8 * half), int(x + half), int(y + half)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portraits", nargs="+", default=["hopper", "astronaut"], help="stock portraits or photos")
    parser.add_argument("--variants", action="store_true", help="also near, far, dark, bearded, ... (see variants.py)")
    parser.add_argument("--texts", nargs="+", default=list(TEXTS), choices=list(TEXTS))
    parser.add_argument("--voice", default="hibari:heart")
    parser.add_argument("--size", default="512x512")
    parser.add_argument("--folder", type=Path, default=Path("build/realism"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    width, height = (int(side) for side in given.size.split("x"))

    photos = [find_avatar(photo) for photo in given.portraits]
    if given.variants:
        photos += [made for photo in photos for made in variants(photo, FaceTracker(fetch("face-landmarker")), given.folder)]

    results: dict[str, dict[str, str]] = {}
    for text in given.texts:
        speech = spoken(TEXTS[text], given.voice, given.folder / text)
        motion = make_motion(speech, fps=FPS, seed=1, moods=[line.mood for line in TEXTS[text]])
        for photo in photos:
            portrait = prepare_portrait(photo, (width, height))
            name = f"{photo.stem[:7]}{photo.stem[photo.stem.find('+') :] if '+' in photo.stem else ''}/{text}"
            video = given.folder / f"{photo.stem}-{text}.mp4"
            rendered(portrait, motion, speech, video)
            results[name] = judge(look(video, portrait, FaceTracker(fetch("face-landmarker"))), motion, portrait)
            (given.folder / "realism.json").write_text(json.dumps(results, indent=1))
            face, mouth = boxes(portrait)
            sheet(video, telling(motion, 30), face, 6, video.with_suffix(".sheet.png"))
            start = int(motion.mouth[:, CLOSURE].argmax())
            sheet(video, list(range(start, start + 30)), mouth, 6, video.with_suffix(".mouth.png"))

    print(f"{'':30}{'bar':>12}", *(f"{name:>20}" for name in results))
    for measure, bar in BARS.items():
        print(f"{measure:30}{bar:>12}", *(f"{result[measure]:>20}" for result in results.values()))


if __name__ == "__main__":
    main()
