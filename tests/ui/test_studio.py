"""The running studio, as programs and browsers meet it: everybody reaches what is theirs, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from heygen_studio.video.probe import probe

from .conftest import SMALL, Running, secret_of

ENDPOINTS = {
    "/avatars", "/batch", "/cancel", "/delete", "/delete_upload", "/download", "/draft", "/engines", "/render", "/status", "/upload",
    "/uploads", "/videos", "/voices",
}  # fmt: skip


def test_the_endpoints_are_the_documented_ones_and_keep_their_names(studio: Running) -> None:
    offered = studio.visitor("ann").view_api(return_format="dict", print_info=False)
    assert isinstance(offered, dict) and set(offered["named_endpoints"]) == ENDPOINTS
    page = httpx.get(studio.url).text
    assert all(f"{name}(" in page for name in ENDPOINTS)


def test_the_page_loads_nothing_from_elsewhere_and_hands_out_a_secret_that_scripts_cannot_read(studio: Running) -> None:
    answer = httpx.get(studio.url, headers={"accept": "text/html"})
    loaded = re.findall(r"""(?:src|href)=["'](https?://[^"']+)|url\(["']?(https?://[^"')]+)""", answer.text)
    assert [address for pair in loaded for address in pair if address and not address.startswith(studio.url)] == []
    cookie = answer.headers["set-cookie"]
    assert re.match(r"studio_visitor=[\w-]{40,};", cookie) and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    again = httpx.get(studio.url, headers={"accept": "text/html", "cookie": cookie.split(";")[0]})
    assert "set-cookie" not in again.headers


def test_a_video_is_rendered_and_its_files_are_its_owners_alone(studio: Running, anns_video: str) -> None:
    ann, bob = studio.visitor("ann"), studio.visitor("bob")
    done = ann.predict(anns_video, api_name="/status")
    assert done["state"] == "done" and done["size"] == [128, 128]
    assert [video["id"] for video in ann.predict("morning", api_name="/videos")] == [anns_video]
    assert ann.predict("nothing like it", api_name="/videos") == []
    assert probe(Path(ann.predict(anns_video, "mp4", api_name="/download"))).video_codec == "h264"
    kinds = {"video.mp4": "video/mp4", "captions.vtt": "text/vtt", "thumbnail.jpg": "image/jpeg", "sheet.jpg": "image/jpeg"}
    for part, kind in kinds.items():
        answer = studio.get("ann", f"videos/{anns_video}/{part}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
        assert studio.get("bob", f"videos/{anns_video}/{part}").status_code == 404
        assert studio.get(None, f"videos/{anns_video}/{part}").status_code == 404
    assert bob.predict("", api_name="/videos") == []
    for call, arguments in (("status", ()), ("cancel", ()), ("delete", ()), ("download", ("mp4",))):
        with pytest.raises(AppError, match="There is no job"):
            bob.predict(anns_video, *arguments, api_name=f"/{call}")
    assert studio.get("ann", f"videos/{anns_video}/request.json").status_code == 404
    assert studio.get("ann", f"videos/{anns_video}/..%2F..%2Fjobs.sqlite3").status_code == 404


def test_a_part_of_a_video_can_be_asked_for_so_that_players_can_seek(studio: Running, anns_video: str) -> None:
    address = f"{studio.url}studio/videos/{anns_video}/video.mp4"
    part = httpx.get(address, headers={"x-studio-visitor": secret_of("ann"), "range": "bytes=0-99"})
    assert part.status_code == 206 and len(part.content) == 100


def test_a_deleted_video_is_gone_from_the_disk(studio: Running) -> None:
    carl = studio.visitor("carl")
    job = carl.predict({"text": "This will be deleted.", **SMALL}, api_name="/render")
    studio.work()
    folder = studio.desk.library.get(studio.desk.jobs.get(job["id"]).result or "").folder
    assert (folder / "video.mp4").is_file()
    assert carl.predict(job["id"], api_name="/delete") is True
    assert not folder.exists() and carl.predict("", api_name="/videos") == []
    assert b"This will be deleted" not in (studio.where.data / "jobs.sqlite3").read_bytes()


def test_a_photo_needs_consent_speaks_for_its_owner_and_is_seen_by_nobody_else(studio: Running, face: Path) -> None:
    ann = studio.visitor("ann")
    with pytest.raises(AppError, match="consent"):
        ann.predict(handle_file(face), "photo", "", api_name="/upload")
    photo = ann.predict(handle_file(face), "photo", "I am the person.", api_name="/upload")
    assert studio.get("ann", f"photos/{photo['id']}").headers["content-type"] == "image/jpeg"
    assert studio.get("bob", f"photos/{photo['id']}").status_code == 404
    with pytest.raises(AppError, match="There is no avatar"):
        studio.visitor("bob").predict({"text": "Hello.", "avatar": f"own:{photo['id']}", **SMALL}, api_name="/render")
    assert ann.predict(photo["id"], api_name="/delete_upload") is True
    assert ann.predict(api_name="/uploads") == []


def test_an_uploaded_file_is_not_given_to_another_visitor_who_knows_its_address(studio: Running, face: Path) -> None:
    ann, bob = ({"x-studio-visitor": secret_of(name)} for name in ("ann", "bob"))
    with open(face, "rb") as file:
        [path] = httpx.post(f"{studio.url}gradio_api/upload", files={"files": file}, headers=ann).json()
    address = f"{studio.url}gradio_api/file={path}"
    assert httpx.get(address, headers=ann).status_code == 200
    for way in (address, *(address.replace("/ann.jpg", detour) for detour in ("/./ann.jpg", "/x/../ann.jpg", "//ann.jpg"))):
        assert httpx.get(way, headers=bob).status_code in (403, 404)
        assert httpx.get(way).status_code in (403, 404)
    for secret_file in (studio.where.data / "jobs.sqlite3", Path("/etc/hostname")):
        assert httpx.get(f"{studio.url}gradio_api/file={secret_file}", headers=ann).status_code in (403, 404)


def test_a_batch_queues_its_good_rows_and_comes_as_one_zip(studio: Running, tmp_path: Path) -> None:
    rows = tmp_path / "people.csv"
    rows.write_text(
        "output,text,name,voice,width,height,avatar\n"
        "first,Hello {name}.,Ann,hibari:heart,128,128,hopper\n"
        "second,Hello {nobody}.,Bob,hibari:heart,128,128,hopper\n"
        "third,Hello.,Eve,hibari:heart,128,128,/etc/passwd\n"
    )
    dora = studio.visitor("dora")
    made = dora.predict(handle_file(rows), api_name="/batch")
    assert [member["output"] for member in made["members"]] == ["first.mp4"]
    studio.work()
    answer = studio.get("dora", f"batches/{made['id']}.zip")
    assert answer.headers["content-type"] == "application/zip" and b"first.mp4" in answer.content and b"first.srt" in answer.content
    assert studio.get("bob", f"batches/{made['id']}.zip").status_code == 404


def test_errors_are_one_sentence_and_a_visitor_may_not_queue_without_end(studio: Running) -> None:
    eve = studio.visitor("eve")
    with pytest.raises(AppError, match="There is no role"):
        eve.predict({"text": "Hello.", "role": "king", **SMALL}, api_name="/render")
    ids = [eve.predict({"text": f"Number {number}.", **SMALL}, api_name="/render")["id"] for number in range(3)]
    with pytest.raises(AppError, match="You have 3 unfinished jobs, and 3 are allowed"):
        eve.predict({"text": "One more.", **SMALL}, api_name="/render")
    assert all(eve.predict(id, api_name="/cancel")["state"] == "cancelled" for id in ids)


def test_a_program_without_a_secret_is_known_as_long_as_it_is_connected(studio: Running) -> None:
    one, other = Client(studio.url, verbose=False), Client(studio.url, verbose=False)
    job = one.predict({"text": "Hello there.", **SMALL}, api_name="/render")
    assert one.predict(job["id"], api_name="/status")["state"] == "queued"
    with pytest.raises(AppError, match="There is no job"):
        other.predict(job["id"], api_name="/status")
    assert one.predict(job["id"], api_name="/delete") is True


def test_every_voice_of_the_catalogue_has_a_sample_that_comes_at_once(studio: Running) -> None:
    from heygen_studio.speech import voices
    from heygen_studio.ui.samples import SHIPPED, file_name

    shipped = [voice for voice in voices() if voice.commercial]
    for voice in shipped:
        samples, rate = soundfile.read(SHIPPED / f"{file_name(voice)}.mp3")
        assert len(samples) > 2 * rate and np.abs(samples).max() > 0.3, voice.id
    assert studio.get(None, "samples/hibari-heart").headers["content-type"] == "audio/mpeg"
    assert studio.get(None, "samples/..%2Fwords%2Fen").status_code == 404
