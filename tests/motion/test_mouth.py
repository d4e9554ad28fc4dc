import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.motion.motion import APERTURE, CLOSURE, JAW, LABIODENTAL
from heygen_studio.motion.mouth import SLACK_S, WIDEST_MM, Segment, articulated, gate, rests, split, trim
from heygen_studio.motion.pauses import Pause
from heygen_studio.speech.speech import Phone


def test_a_diphthong_shares_its_time() -> None:
    first, second = split([Phone("aɪ", 1.0, 1.4)])
    assert (first.viseme, second.viseme) == ("AA", "IH") and first.end == second.start == 1.2


def test_a_sound_that_runs_into_a_pause_ends_there() -> None:
    pauses = [Pause(1.0, 1.5), Pause(3.0, 3.2)]
    (vowel,) = trim([Segment("AA", 0.8, 1.4)], pauses)
    assert vowel == Segment("AA", 0.8, 1.0 + SLACK_S)
    (late,) = trim([Segment("W", 1.2, 1.7)], pauses)
    assert late == Segment("W", 1.5 - SLACK_S, 1.7)
    assert trim([Segment("AA", 1.2, 1.3)], pauses) == []
    inside = [Segment("AA", 1.7, 2.0)]
    assert trim(inside, pauses) == inside


def test_a_closure_in_a_pause_moves_to_its_nearer_end() -> None:
    pauses = [Pause(1.0, 1.5)]
    assert trim([Segment("PBM", 1.1, 1.2)], pauses)[0].centre == 1.0 + SLACK_S
    assert trim([Segment("PBM", 1.3, 1.4)], pauses)[0].centre == 1.5 - SLACK_S


def test_the_gate_is_shut_in_pauses_and_at_both_ends_and_opens_smoothly() -> None:
    clock = np.arange(0, 3, 0.005)
    opened = gate(clock, rests([Pause(1.0, 1.5)], 3.0))
    assert (opened[(clock > 1.06) & (clock < 1.46)] == 0).all()
    assert (opened[(clock > 0.2) & (clock < 0.9)] == 1).all() and (opened[(clock > 1.6) & (clock < 2.7)] == 1).all()
    assert opened[0] == 0 and opened[-1] == 0
    assert np.abs(np.diff(opened)).max() < 0.1


@given(st.lists(st.floats(0, 14), min_size=2, max_size=2, unique=True).map(sorted))
def test_clear_speech_opens_wider_in_the_same_order_and_not_too_wide(apertures: list[float]) -> None:
    mouth = np.zeros((2, 9))
    mouth[:, APERTURE], mouth[:, JAW] = apertures, np.array(apertures) / 2
    clear = articulated(mouth)
    assert clear[0, APERTURE] <= clear[1, APERTURE] <= WIDEST_MM
    assert clear[0, APERTURE] >= min(1.4 * apertures[0], 8)
    assert np.allclose(clear[:, JAW], clear[:, APERTURE] / 2)


def test_clear_speech_leaves_teeth_on_the_lip_and_shut_lips_alone() -> None:
    mouth = np.zeros((2, 9))
    mouth[0, [APERTURE, LABIODENTAL]] = 1.7, 1.0
    mouth[1, CLOSURE] = 1.0
    assert (articulated(mouth) == mouth).all()
