"""What users bring along: checked before it is kept, found by its owner only, gone when it is deleted."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PIL import Image

from heygen_studio import BadInput, Settings, Studio, VideoRequest
from heygen_studio.service.jobs import Jobs
from heygen_studio.service.library import Library
from heygen_studio.service.owner import delete_owner, export_owner
from heygen_studio.service.uploads import CONSENT, Kind, Upload, Uploads, as_json
from heygen_studio.service.worker_lock import WorkerLock
from heygen_studio.stages import file_hash

from .conftest import SMALL, encoded, leftovers, small

Add = Callable[..., Upload]


@pytest.fixture
def uploads(place: Settings) -> Uploads:
    return Uploads(place)


@pytest.fixture
def add(uploads: Uploads) -> Add:
    def add(content: bytes, name: str = "file", owner: str = "ann", consent: str = CONSENT, kind: Kind | None = None) -> Upload:
        return uploads.add(io.BytesIO(content), owner=owner, name=name, consent=consent, kind=kind)

    return add


def tone(seconds: float = 1.0, format: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(np.arange(int(16000 * seconds)) / 10), 16000, format=format)
    return file.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that would become width * height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def test_a_photo_is_kept_with_its_consent_and_found_by_its_owner(uploads: Uploads, add: Add, face: bytes, place: Settings) -> None:
    kept = add(face, r"C:\pictures\Me & you.png", kind="photo")
    assert (kept.kind, kept.media_type, kept.name, kept.file.name) == ("photo", "image/jpeg", "Me & you.png", "Me _ you.jpg")
    assert kept.file.read_bytes() == face and kept.size == len(face) and kept.sha256 == file_hash(kept.file)
    assert kept.consent == CONSENT and kept.width > 0 and kept.preview is not None
    assert Image.open(kept.preview).size == (512, 512)
    assert uploads.list("ann") == [kept] == uploads.list("ann", "photo") and uploads.list("ann", "audio") == []
    assert str(place.data) not in json.dumps(as_json(kept))
    assert leftovers(place.data) == []


def test_the_content_decides_what_a_file_is(add: Add, face: bytes, studio: Studio) -> None:
    movie = studio.render(small("Hello.")).path.read_bytes()
    kinds = [add(content, "misleading.txt", kind=None).media_type for content in (face, tone(), tone(format="OGG"), movie)]
    assert kinds == ["image/jpeg", "audio/wav", "audio/ogg", "video/mp4"]
    assert add(movie, kind="audio").kind == "audio"
    with pytest.raises(BadInput, match="sent as photo") as said:
        add(tone(), "me.jpg", kind="photo")
    assert said.value.field == "file"


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (b"", None, "empty"),
        (b"<html>" * 100, None, "neither a picture nor a sound"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", None, "neither"),
        (png_that_claims(60_000, 60_000), None, "pixels"),
        (png_that_claims(15_000, 15_000), "photo", "pixels"),
        (tone(0.1), "audio", "0.10 s long"),
        (encoded(Image.new("RGB", (300, 300), "teal"), "PNG"), "photo", "No face was found in holiday.png"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_remains(
    add: Add, place: Settings, content: bytes, kind: Kind | None, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence) as said:
        add(content, "holiday.png", kind=kind)
    assert said.value.field == "file" and str(place.data) not in str(said.value)
    assert [path for path in place.uploads.rglob("*") if path.is_file() or len(path.name) > 32] == []


def test_size_and_space_are_limited(place: Settings, face: bytes) -> None:
    few = Uploads(replace(place, upload_mb=1, uploads_mb=2))
    for _ in range(2):
        few.add(io.BytesIO(tone(30)), owner="ann", name="tone", consent=CONSENT)
    with pytest.raises(BadInput, match="more than"):
        few.add(io.BytesIO(tone(60)), owner="ann", name="long", consent=CONSENT)
    with pytest.raises(BadInput, match="more than"):
        few.add(io.BytesIO(tone(30)), owner="ann", name="third", consent=CONSENT)
    few.add(io.BytesIO(tone(30)), owner="bob", name="tone", consent=CONSENT)


def test_a_face_or_a_voice_needs_consent_and_a_background_does_not(add: Add, face: bytes) -> None:
    for content, kind in ((face, "photo"), (tone(), "audio"), (tone(), None)):
        with pytest.raises(BadInput, match="consent") as said:
            add(content, consent=" ", kind=kind)
        assert said.value.field == "consent"
    assert add(face, consent="", kind="image").kind == "image"


@pytest.mark.parametrize("owner", ["", "..", "../ann", "/", "ann/../bob", "a\0b", "ж" * 500])
def test_no_owner_reaches_what_is_anothers(uploads: Uploads, add: Add, owner: str, place: Settings) -> None:
    anns, theirs = add(tone(), "hers"), add(tone(), "theirs", owner=owner)
    assert theirs.file.parents[1].parent == place.uploads
    assert [upload.id for upload in uploads.list(owner)] == [theirs.id]
    for reach in (uploads.get, uploads.delete):
        for id in (anns.id, "", "..", f"../{anns.file.parents[1].name}/{anns.id}", "upload.json"):
            with pytest.raises(BadInput, match="no upload"):
                reach(id, owner)
    assert uploads.get(anns.id, "ann").file.is_file()


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "\r\nSet-Cookie: x", "a" * 5000, "upload.json", "_preview.jpg", "😀.wav"])
def test_no_name_leads_out_of_its_folder(add: Add, place: Settings, name: str) -> None:
    kept = add(tone(), name)
    assert kept.file.parent.name == kept.id and kept.file.suffix == ".wav" and kept.name.isprintable() and kept.name


def test_a_deleted_or_damaged_upload_is_gone(uploads: Uploads, add: Add, place: Settings) -> None:
    one, two, three = add(tone()), add(tone()), add(tone())
    uploads.delete(one.id, "ann")
    assert not one.file.parent.exists()
    (two.file.parent / "upload.json").write_text("{")
    record = json.loads((three.file.parent / "upload.json").read_text())
    (three.file.parent / "upload.json").write_text(json.dumps({**record, "file": "../../../../../etc/hostname"}))
    assert uploads.list("ann") == []
    assert uploads.forget("ann") == 0 and not any(path.is_file() for path in place.uploads.rglob("*"))


def test_an_owner_takes_everything_along_and_is_forgotten(uploads: Uploads, add: Add, studio: Studio, place: Settings, face: bytes) -> None:
    jobs, lock = Jobs(place), WorkerLock(place)
    photo = add(face, "me.jpg", kind="photo")
    add(tone(), "not hers", owner="bob")
    jobs.submit(VideoRequest(text="Hello from me.", avatar=str(photo.file), **SMALL), owner="ann")
    claim = jobs.claim(lock.name)
    assert claim is not None
    result = studio.render(claim.request).folder.name
    jobs.finish(claim, result)
    target = place.data / "ann.zip"
    export_owner("ann", target, place, jobs, uploads)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.read(f"uploads/{photo.id}/me.jpg") == face
        assert {f"results/{result}/video.mp4", f"uploads/{photo.id}/upload.json"} <= set(archive.namelist())
        assert not any("not hers" in name for name in archive.namelist())
        for name in ("jobs.json", f"results/{result}/request.json"):
            assert f'"uploads/{photo.id}/me.jpg"' in archive.read(name).decode() and str(place.data) not in archive.read(name).decode()
    target.unlink()
    assert delete_owner("ann", place, jobs, Library(place), uploads) == 1
    assert uploads.list("ann") == [] and len(uploads.list("bob")) == 1
    assert face not in [file.read_bytes() for file in place.data.rglob("*") if file.is_file()]
    jobs.close()
    lock.release()
