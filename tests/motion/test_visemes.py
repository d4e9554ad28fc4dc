import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio.motion.visemes import VISEMES, dominance, targets, visemes_of


@pytest.mark.parametrize(
    ("symbol", "visemes"),
    [
        ("p", ("PBM",)), ("b", ("PBM",)), ("m", ("PBM",)), ("f", ("FV",)), ("v", ("FV",)), ("θ", ("TH",)), ("ð", ("TH",)),
        ("ɫ", ("L",)), ("ɾ", ("TD",)), ("ʔ", ("HH",)), ("ɡ", ("KG",)), ("g", ("KG",)), ("w", ("W",)), ("ɹ", ("R",)),
        ("tʃ", ("SH",)), ("t͡ʃ", ("SH",)), ("dʒ", ("SH",)), ("ʤ", ("SH",)), ("ts", ("S",)),
        ("ɚ", ("ER",)), ("ɜː", ("ER",)), ("iː", ("IY",)), ("ˈuː", ("UW",)),
        ("aɪ", ("AA", "IH")), ("aʊ", ("AA", "UH")), ("eɪ", ("EH", "IY")), ("oʊ", ("OW", "UW")), ("ɔɪ", ("AO", "IY")),
        ("ʈʂ", ("ZR",)), ("ʈʂʰ", ("ZR",)), ("ʂ", ("ZR",)), ("ɕ", ("S",)), ("tɕʰ", ("S",)), ("x", ("KG",)), ("ɤ", ("AH",)), ("y˥˩", ("UW",)),
        ("ɹ̩", ("ZR",)), ("uai", ("UW", "AA", "IY")), ("jɛn", ("Y", "EH", "N")),
        ("ç", ("Y",)), ("ɑ̃", ("AA",)), ("ø", ("OE",)), ("β", ("BH",)), ("ɲ", ("N",)), ("ɯ", ("IH",)),
        ("", ("sil",)), (" ", ("sil",)), (",", ("sil",)), ("ˈ", ("sil",)), ("Ж", ("AX",)),
    ],
)  # fmt: skip
def test_every_sound_has_its_mouth(symbol: str, visemes: tuple[str, ...]) -> None:
    assert visemes_of(symbol) == visemes


@given(st.text(max_size=8))
def test_any_text_gives_known_visemes(symbol: str) -> None:
    found = visemes_of(symbol)
    assert found and all(viseme in VISEMES for viseme in found)


def test_only_p_b_m_close_and_only_f_v_bring_the_teeth_down() -> None:
    assert [viseme for viseme in VISEMES if targets(viseme)[8] == 1] == ["PBM"]
    assert [viseme for viseme in VISEMES if targets(viseme)[7] == 1] == ["FV"]


def test_the_tongue_sounds_leave_the_rounding_to_their_neighbours() -> None:
    assert dominance("TD")[2] < dominance("TD")[0]
    assert dominance("S")[2] == dominance("S")[0]
