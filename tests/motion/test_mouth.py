import numpy as np

from heygen_studio.motion.mouth import SLACK_S, Segment, gate, rests, split, trim
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
