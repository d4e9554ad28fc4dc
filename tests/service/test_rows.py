"""Rows of a batch: what is wrong is named with row, field and reason before anything is rendered."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from heygen_studio import BadInput, Line
from heygen_studio.service.rows import Row, read_rows, read_scenes
from heygen_studio.weights import fetch


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only_fault(path: Path) -> Row:
    bad = [row for row in read_rows(path) if row.request is None]
    assert len(bad) == 1
    return bad[0]


def test_the_three_kinds_say_the_same(tmp_path: Path) -> None:
    files = [
        written(tmp_path, "a.csv", '\ufeffoutput,text,name,width,facts\r\nann,"Hello, {name}!",Ann,256,one|two\r\n\r\nbob,Bye.,,,\r\n'),
        written(
            tmp_path,
            "a.jsonl",
            '{"output": "ann", "text": "Hello, {name}!", "name": "Ann", "width": 256, "facts": ["one", "two"]}\n'
            '{"output": "bob.mp4", "text": "Bye.", "width": null}\n',
        ),
        written(
            tmp_path,
            "a.yaml",
            "- {output: ann, text: 'Hello, {name}!', name: Ann, width: 256, facts: [one, two]}\n- output: bob\n  text: Bye.\n",
        ),
    ]
    first, *others = [read_rows(file) for file in files]
    assert [(row.number, row.output, row.error) for row in first] == [(1, "ann.mp4", ""), (2, "bob.mp4", "")]
    assert first[0].request is not None
    assert (first[0].request.text, first[0].request.width, first[0].request.facts) == ("Hello, Ann!", 256, ("one", "two"))
    assert others == [first, first]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize(
    "lines",
    [
        "output;text;name;;\r\nann;Hello, {name}!;Ann;;\r\n;;;;\r\nbob;Bye.\r\n",
        "sep=;\r\noutput;text;name\r\nann;Hello, {name}!;Ann\r\nbob;Bye.;\r\n\r\n\r\n",
        "output\ttext\tname\nann\tHello, {name}!\tAnn\nbob\tBye.\t\n",
        'output,text,name\r"ann","Hello, {name}!",Ann\r"bob",Bye.\r',
    ],
)
def test_what_spreadsheets_write(tmp_path: Path, encoding: str, lines: str) -> None:
    bom = "\ufeff" if encoding == "utf-16-be" else ""
    rows = read_rows(written(tmp_path, "a.csv", (bom + lines).encode(encoding)))
    assert [(row.output, row.request and row.request.text) for row in rows] == [("ann.mp4", "Hello, Ann!"), ("bob.mp4", "Bye.")]


def test_lines_within_quotes_belong_to_one_text(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "a.csv", 'text,output\n"First line.\nSecond, ""quoted"" line.",a\nBye.,b\n'))
    assert [row.request and row.request.text for row in rows] == ['First line.\nSecond, "quoted" line.', "Bye."]


def test_names_that_look_the_same_are_the_same(tmp_path: Path) -> None:
    fault = only_fault(written(tmp_path, "a.csv", "text,output\nOne.,caf\u00e9\nTwo.,cafe\u0301\n"))
    assert (fault.number, fault.field) == (2, "output")


def test_500_rows_are_checked_in_a_moment(tmp_path: Path) -> None:
    lines = [f"v{n},Welcome {{name}} to the team. We start at nine.,Ann {n},hibari:heart,hopper" for n in range(500)]
    path = written(tmp_path, "a.csv", "\n".join(["output,text,name,voice,avatar", *lines]))
    read_rows(path)  # loads what checks need
    started = time.process_time()
    assert all(row.request for row in read_rows(path))
    assert time.process_time() - started < 2


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "a.yaml", "- text: Hello {who} at {when}.\n  who: No\n  when: 9:30\n  voice: null\n"))
    assert rows[0].request is not None and rows[0].request.text == "Hello No at 9:30."


@pytest.mark.parametrize(
    ("row", "field", "word"),
    [
        ({"text": "Hello {nme}."}, "text", "nme"),
        ({"text": "Hello {name}.", "name": ""}, "text", "name"),
        ({"text": "Hello {."}, "text", "brace"),
        ({"text": "Hello.", "voise": "x"}, "voise", "no field"),
        ({"text": "Hello.", "voice": "nobody"}, "voice", "nobody"),
        ({"text": "Hello.", "avatar": "nobody"}, "avatar", "nobody"),
        ({"text": "Hello.", "role": "wizard"}, "role", "wizard"),
        ({"text": "Hello.", "engine": "magic"}, "engine", "magic"),
        ({"text": "Hello.", "width": "127"}, "width", "127"),
        ({"text": "Hello.", "fps": "fast"}, "fps", "fast"),
        ({"text": "Hello.", "size": "huge"}, "size", "huge"),
        ({"text": "Hello.", "background": "sky"}, "background", "sky"),
        ({"text": "..."}, "text", "nothing that can be spoken"),
        ({"audio": "missing.wav"}, "audio", "missing.wav"),
        ({"title": "Nothing to say"}, "", "nothing to say"),
        ({"text": "Hello.", "prompt": "Say hello"}, "", "both"),
        ({"text": "Hello.", "output": "../up"}, "output", "../up"),
        ({"text": "Hello.", "output": ".hidden"}, "output", ".hidden"),
        ({"text": "Hello.", "output": "Good.MP4"}, "output", "row 1"),
        ({"text": "Hello.", "output": "x" * 200}, "output", "xxx"),
        ({"text": "Hello.", "output": "介" * 70}, "output", "bytes"),
        ({"text": "Hello.", "output": "bell\a"}, "output", "bell"),
        ({"text": "Hello.", "output": "C:\\film"}, "output", "film"),
        ({"text": "Hello.", "output": "\ud800"}, "output", "ud800"),
        ({"text": "Hello \ud800."}, "text", "damaged character"),
        ({"text": "Hello.", "facts": ["It is \udfff."]}, "facts", "damaged character"),
        ({"text": {"deep": 1}}, "text", "nested"),
        (["not", "a", "row"], "", "not an object"),
    ],
)
def test_a_bad_row_is_named_and_the_others_stay(tmp_path: Path, row: object, field: str, word: str) -> None:
    good = {"text": "Hello.", "output": "good"}
    lines = [json.dumps(line) for line in (good, row, {"text": "Bye."})]
    fault = only_fault(written(tmp_path, "jobs.jsonl", "\n".join(lines)))
    assert (fault.number, fault.field) == (2, field)
    assert word in fault.error and "\n" not in fault.error


def test_a_size_by_name(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "a.csv", "text,size,background\nHello.,720p 9:16,#1e90ff\nBye.,640x360,\n"))
    requests = [row.request for row in rows]
    assert [request and request.size for request in requests] == [(720, 1280), (640, 360)]
    assert [request and request.background for request in requests] == ["#1e90ff", ""]


SCENES = """
- text: "Welcome, {name}."
  avatar: face.jpg
- lines:
    - {text: "Hurray, {name}!", mood: excited}
- silence: 1.5
"""


def test_a_row_with_scenes_and_variables_in_them(tmp_path: Path) -> None:
    (tmp_path / "face.jpg").write_bytes(fetch("portrait-hopper").read_bytes())
    indented = SCENES.replace("\n", "\n    ")
    (row,) = read_rows(written(tmp_path, "a.yaml", f"- name: Ann\n  size: 720p 1:1\n  scenes:{indented}\n"))
    assert row.request is not None, row.error
    first, second, third = row.request.parts()
    assert (first.text, first.avatar, first.size) == ("Welcome, Ann.", str(tmp_path / "face.jpg"), (720, 720))
    assert second.lines == (Line("Hurray, Ann!", "excited"),)
    assert (third.listen, third.seconds) == (True, 1.5)


def test_a_bad_scene_of_a_row_is_named(tmp_path: Path) -> None:
    fault = only_fault(written(tmp_path, "a.yaml", "- scenes:\n  - text: Hello.\n  - text: Bye.\n    speed: fast\n"))
    assert fault.field == "scenes.1.speed"
    assert "fast" in fault.error


def test_the_scenes_of_one_video(tmp_path: Path) -> None:
    (tmp_path / "face.jpg").write_bytes(fetch("portrait-hopper").read_bytes())
    yaml = read_scenes(written(tmp_path, "a.yaml", SCENES))
    assert [scene.silence for scene in yaml] == [None, None, 1.5]
    assert yaml[0].avatar == str(tmp_path / "face.jpg")
    csv = read_scenes(written(tmp_path, "a.csv", "text,avatar,silence,facts\nHello.,face.jpg,,one|two\n,,2,\n"))
    assert (csv[0].avatar, csv[0].facts, csv[1].silence) == (str(tmp_path / "face.jpg"), ("one", "two"), 2)
    with pytest.raises(BadInput, match="Scene 2") as refused:
        read_scenes(written(tmp_path, "a.jsonl", '{"text": "Hello."}\n{"txt": "Bye."}'))
    assert refused.value.field == "scenes.1.txt"


def test_a_line_that_is_no_json_and_a_row_with_too_many_cells(tmp_path: Path) -> None:
    assert only_fault(written(tmp_path, "a.jsonl", '{"text": "Hello."}\n{"text": \n')).number == 2
    assert "3 cells" in only_fault(written(tmp_path, "a.csv", "text,name\n{name},Ann\nHello, dear, Bob\n")).error


def test_a_column_that_another_row_uses_may_stand_idle(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "a.csv", "text,name\nHello {name}.,Ann\nHello everyone.,Bob\n"))
    assert [row.error for row in rows] == ["", ""]


def test_values_are_not_templates(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, "a.jsonl", '{"text": "Hello {name}.", "name": "{text}", "title": "{{x}} for {name}"}'))
    assert rows[0].request is not None
    assert (rows[0].request.text, rows[0].request.title) == ("Hello {text}.", "{x} for {text}")


def test_photos_are_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "face.jpg").write_bytes(fetch("portrait-hopper").read_bytes())
    rows = read_rows(written(tmp_path, "a.csv", "text,avatar\nHello.,face.jpg\nHello.,astronaut\n"))
    assert [row.request.avatar if row.request else row.error for row in rows] == [str(tmp_path / "face.jpg"), "astronaut"]


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.txt", "text\nHello.", "known kind"),
        ("a.csv", "", "no rows"),
        ("a.csv", "text,voice\n", "no rows"),
        ("a.csv", "text,text\na,b\n", "more than once"),
        ("a.csv", 'text\n"never closed\n', "line"),
        ("a.csv", "Grüße".encode("latin-1"), "UTF-8"),
        ("a.csv", b"text\na\0b\n", "zero bytes"),
        ("a.yaml", "text: Hello\n", "not a list"),
        ("a.yaml", "- {text: Hello\n", "line"),
        ("a.yaml", "- !!python/object/apply:os.system [ls]\n- text: Hello.\n", None),
        ("missing.csv", None, "No such file"),
    ],
)
def test_a_bad_file(tmp_path: Path, name: str, content: str | bytes | None, word: str | None) -> None:
    path = tmp_path / name if content is None else written(tmp_path, name, content)
    if word is None:
        assert only_fault(path).number == 1
        return
    with pytest.raises(BadInput, match=word) as refused:
        read_rows(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("field", ["", "lines: "])
def test_a_file_made_to_explode_is_refused_at_once(tmp_path: Path, field: str) -> None:
    doubled = [f"- {field}[&a{i} [*a{i - 1}, *a{i - 1}]]" for i in range(1, 60)]
    laughs = "\n".join([f"- {field}[&a0 [ha, ha]]", *doubled, f"- {field}[*a59]"])
    with pytest.raises(BadInput, match=r"line 2\): \*a0 is an alias: write its value out"):
        read_rows(written(tmp_path, "a.yaml", laughs))
    deep = read_rows(written(tmp_path, "a.jsonl", "[" * 100_000 + '\n{"text": "Hello."}'))
    assert [row.request is None for row in deep] == [True, False]
