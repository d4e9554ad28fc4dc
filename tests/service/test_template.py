"""Variables in texts: every value arrives as it is, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heygen_studio import BadInput
from heygen_studio.service.template import fill, variables

plain = st.text(st.characters(blacklist_characters="{}"), max_size=8)
names = plain.map(str.strip).filter(bool)


@given(st.lists(st.tuples(st.sampled_from(["plain", "variable", "escaped"]), names, st.text(max_size=8)), max_size=6))
def test_a_template_is_its_parts_one_after_the_other(parts: list[tuple[str, str, str]]) -> None:
    values = {name: value for _, name, value in parts}
    template, expected = "", ""
    for kind, name, _ in parts:
        template += {"plain": name, "variable": f"{{{name}}}", "escaped": f"{{{{{name}}}}}"}[kind]
        expected += {"plain": name, "variable": values[name], "escaped": f"{{{name}}}"}[kind]
    assert fill(template, values) == expected
    assert set(variables(template)) == {name for kind, name, _ in parts if kind == "variable"}


@given(st.text(max_size=30))
def test_doubled_braces_keep_any_text(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), {}) == text


@given(st.text(st.sampled_from("{}a "), max_size=12))
def test_anything_else_is_filled_or_refused_in_one_sentence(template: str) -> None:
    try:
        filled = fill(template, {"a": "{a}"})
    except BadInput as error:
        assert "\n" not in str(error) and str(error).endswith(".")
    else:
        assert "a" in filled or not variables(template)


def test_attributes_are_not_reached() -> None:
    with pytest.raises(BadInput, match=r"not a column"):
        fill("{name.__class__}", {"name": "Ann"})


@pytest.mark.parametrize("template", ["Hello {", "Hello }", "Hello {}", "a { b } } c", "{ }"])
def test_a_lone_brace_is_shown(template: str) -> None:
    with pytest.raises(BadInput, match=r"brace|not a column"):
        fill(template, {"b": "x"})
