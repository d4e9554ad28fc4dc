"""Sets of jobs: found by their owner alone, gone when they are deleted."""

from __future__ import annotations

import pytest

from heygen_studio import BadInput, Settings
from heygen_studio.service.job_sets import JobSets, Member


def test_a_set_is_its_owners_alone_and_survives_the_program(place: Settings) -> None:
    made = JobSets(place).add("ann", "people", [Member("first.mp4", "a" * 32)])
    again = JobSets(place)
    assert again.get(made.id, "ann") == made and again.list("ann") == [made]
    assert again.list("bob") == [] and again.list("../ann") == []
    for id, owner in ((made.id, "bob"), ("../" + made.id, "ann"), ("0" * 32, "ann")):
        with pytest.raises(BadInput, match="There is no batch"):
            again.get(id, owner)


def test_a_damaged_set_is_none_and_a_forgotten_owner_has_none(place: Settings) -> None:
    sets = JobSets(place)
    damaged, sound = (sets.add("ann", name, []) for name in ("one", "two"))
    next(place.data.rglob(f"{damaged.id}.json")).write_text("{", encoding="utf-8")
    assert sets.list("ann") == [sound]
    sets.delete(sound.id, "ann")
    assert sets.list("ann") == []
    sets.add("ann", "three", [])
    sets.add("bob", "four", [])
    sets.forget("ann")
    assert sets.list("ann") == [] and len(sets.list("bob")) == 1
