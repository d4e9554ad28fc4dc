"""Templates: ``Hello {name}`` with the values of a row. ``{{`` and ``}}`` are braces that are meant."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import BadInput

_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def variables(template: str) -> tuple[str, ...]:
    """The names of the variables in the order in which they first appear. Raises `BadInput` for a brace that stands alone."""
    names = (_name(part, template) for part in _PARTS.finditer(template))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its variables' values. A value is taken as it is: braces in it mean nothing.

    Raises `BadInput` for a variable without a value, and for a brace that stands alone.
    """

    def put(part: re.Match[str]) -> str:
        name = _name(part, template)
        if name is None:
            return part[0][0]
        if name not in values:
            known = f"the columns that can be used are {', '.join(sorted(values))}" if values else "the row has no columns for variables"
            raise BadInput(f"{{{name}}} is not a column with a value: {known}; write {{{{{name}}}}} if the braces are meant.")
        return values[name]

    return _PARTS.sub(put, template)


def _name(part: re.Match[str], template: str) -> str | None:
    """The variable that a part of a template stands for; None for an escaped brace."""
    if part[0] in ("{{", "}}"):
        return None
    name = (part[1] or "").strip()
    if not name:
        near = template[max(0, part.start() - 20) : part.end() + 20]
        raise BadInput(f"A brace without a variable stands in {near!r}: write {{name}}, or {{{{ and }}}} if the braces are meant.")
    return name
