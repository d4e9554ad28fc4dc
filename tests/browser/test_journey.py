"""The creator's journey, from an empty page to a video that plays, and everything that may happen on the way."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from .conftest import RENDER_S, Open, shoot, wait_for_video, write_own_words


def play(page: Page) -> None:
    """The video plays: its time goes on, and its captions are there to be read."""
    video = page.locator("#screen video")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("document.querySelector('#screen video').currentTime > 0.5")
    assert video.evaluate("video => video.videoWidth") > 0
    captions = "Array.from(document.querySelector('#screen video').textTracks[0].cues || []).map(cue => cue.text).join(' ')"
    page.wait_for_function(f"{captions}.length > 0")
    assert "museum" in page.evaluate(captions) or "博物馆" in page.evaluate(captions)


def test_from_own_words_to_a_video_that_plays_is_found_again_reused_and_deleted(visit: Open) -> None:
    page = visit()
    shoot(page, "create")
    write_own_words(page, "Good morning. Our museum opens at nine today.")
    expect(page.locator("#estimate")).to_contain_text("about 3 s")
    page.locator("#render").click()
    expect(page.locator(".screen.work")).to_be_visible()
    shoot(page, "rendering")
    wait_for_video(page)
    play(page)
    shoot(page, "result")
    with page.expect_download() as download:
        page.locator("a.fetch", has_text="MP4").click()
    assert download.value.suggested_filename.endswith(".mp4") and Path(download.value.path()).stat().st_size > 10_000

    page.locator("#show-details").click()
    expect(page.locator("#inside .timeline .shape").first).to_be_attached()
    expect(page.locator("#item video")).to_be_visible()
    page.wait_for_function("document.querySelector('.sheet').naturalWidth > 0")
    shoot(page, "details")
    page.locator("#copy-link").click()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"\?video=[0-9a-f]{32}$", link)

    other = visit(query="?" + link.split("?")[1])  # somebody else who was sent the link
    expect(other.locator("#library-notice .error")).to_contain_text("There is no job")
    again = visit(known=page.context, query="?" + link.split("?")[1])
    expect(again.locator("#item h1")).to_contain_text("Good morning")

    again.locator("#reuse").click()
    expect(again.locator("#script-text textarea")).to_have_value("Good morning. Our museum opens at nine today.")
    again.get_by_role("tab", name="Library").click()
    again.locator("#back").click()
    again.locator("#search input, #search textarea").fill("museum")
    expect(again.locator(".video-card")).to_have_count(1)
    shoot(again, "library")
    again.locator("#search input, #search textarea").fill("dinosaur")
    expect(again.locator("#shelf .empty")).to_contain_text("Nothing found")
    again.locator("#search input, #search textarea").fill("")
    again.locator(".video-card").click()
    again.locator("#delete").click()
    shoot(again, "delete")
    again.locator("#delete-yes").click()
    expect(again.locator("#shelf .empty")).to_contain_text("No videos yet")
    shoot(again, "library-empty")


def test_a_draft_is_written_before_the_visitors_eyes_and_can_be_stopped_and_changed(visit: Open) -> None:
    page = visit()
    page.locator("#prompt textarea").fill("Welcome visitors to our small museum of clocks")
    page.get_by_role("spinbutton", name="number input for Length in seconds").fill("120")
    page.get_by_role("spinbutton", name="number input for Length in seconds").press("Tab")
    page.locator("#draft").click()
    expect(page.locator("#draft-stop")).to_be_visible()
    page.wait_for_function("document.querySelector('#script-text textarea').value.length > 20", timeout=RENDER_S * 1000)
    shoot(page, "draft")
    page.locator("#draft-stop").click()
    expect(page.locator("#draft")).to_be_visible()
    page.wait_for_timeout(1000)  # what was on its way has arrived
    kept = page.locator("#script-text textarea").input_value()
    assert len(kept) > 20
    page.wait_for_timeout(2000)
    assert page.locator("#script-text textarea").input_value() == kept  # the writer really stopped


def test_the_first_seconds_are_seen_before_the_render_with_another_background_and_a_mood(visit: Open) -> None:
    page = visit()
    write_own_words(page, "Welcome to the museum. It is closed on Mondays.")
    page.get_by_role("button", name="Mood of each sentence").click()
    page.locator("#moods select").nth(1).select_option("concerned")
    page.locator(".segmented input[value=blur]").check(force=True)
    page.locator("#preview").click()
    expect(page.locator("#screen video[autoplay]")).to_be_visible(timeout=RENDER_S * 1000)
    page.wait_for_function("document.querySelector('#screen video').duration > 2.5")
    shoot(page, "preview")


def test_a_render_is_cancelled_and_nothing_is_left_on_the_screen(visit: Open) -> None:
    page = visit()
    write_own_words(page, "This sentence will never be heard. " * 12, size="standard")
    page.locator("#render").click()
    expect(page.locator(".stages li.now")).to_be_visible(timeout=RENDER_S * 1000)
    page.locator("#cancel").click()
    expect(page.locator(".screen.broken")).to_contain_text("Cancelled")
    expect(page.locator("#render")).to_be_visible()
    shoot(page, "cancelled")
    page.get_by_role("tab", name="Library").click()
    expect(page.locator(".video-card small")).to_contain_text("Cancelled")


def test_a_closed_tab_loses_nothing(visit: Open) -> None:
    page = visit()
    write_own_words(page, "The museum goes on while nobody watches. It is open every day of the week.")
    page.locator("#render").click()
    expect(page.locator(".screen.work")).to_be_visible()
    page.close()
    back = visit(known=page.context)
    expect(back.locator(".screen.work, .screen.done")).to_be_visible()
    wait_for_video(back)


def test_photos_are_checked_at_once_and_only_good_ones_with_consent_are_kept(visit: Open, tmp_path: Path) -> None:
    from heygen_studio.portrait import find_avatar

    bad, good = tmp_path / "wall.png", tmp_path / "ann.jpg"
    Image.new("RGB", (300, 300), "#8899aa").save(bad)
    good.write_bytes(find_avatar("astronaut").read_bytes())
    page = visit()
    page.get_by_role("button", name="Use a photo of your own").click()
    chooser = page.locator(".photo input[type=file]")
    chooser.set_input_files(bad)
    expect(page.locator("#face-check .notice.error")).to_contain_text("No face was found in wall.png: give a photo of one person")
    shoot(page, "bad-photo")
    page.locator(".photo").get_by_role("button", name="Remove Image").click()
    chooser.set_input_files(good)
    expect(page.locator("#face-check .face-box")).to_be_visible()
    page.locator("#avatar-add").click()
    expect(page.locator("#avatar-outcome .error")).to_contain_text("tick the box")
    page.locator("#avatar-consent input").check()
    shoot(page, "good-photo")
    page.locator("#avatar-add").click()
    expect(page.locator(".picker-avatar input:checked")).to_have_value(re.compile("own:"))
    page.wait_for_function("document.querySelector('.picker-avatar input:checked').parentElement.querySelector('img').naturalWidth > 0")
    shoot(page, "own-photo")

    elsewhere = visit()
    expect(elsewhere.locator(".picker-avatar input")).to_have_count(2)  # the stock portraits alone


def test_the_chinese_studio_in_the_dark_on_a_phone(visit: Open) -> None:
    page = visit(language="zh-CN", dark=True, phone=True)
    expect(page.locator("#render")).to_have_text("生成视频")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#render").click()
    expect(page.locator("#problem")).to_contain_text("还没有内容")
    shoot(page, "phone-error")
    write_own_words(page, "各位早上好，博物馆今天九点开门。")
    page.locator(".card-voice .segmented input[value=zh]").check(force=True)
    page.locator(".picker-voice label", has_text="Xiaoxiao").click()
    shoot(page, "phone-create")
    page.locator("#render").click()
    wait_for_video(page)
    play(page)
    shoot(page, "phone-result")
    for tab in ("作品", "批量", "引擎", "接口"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(600)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        shoot(page, f"phone-{tab}")


def test_the_language_and_the_colours_are_switched_on_the_page_and_stay(visit: Open) -> None:
    page = visit()
    page.locator("[data-switch=colours]").click()
    page.locator("[data-switch=language]").click()
    expect(page.locator("#render")).to_have_text("生成视频")
    assert page.evaluate("document.body.classList.contains('dark')")
    shoot(page, "dark-chinese")


def test_a_batch_is_checked_rendered_and_comes_as_a_zip(visit: Open, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text(
        "output,text,name,voice,width,height\n"
        'ann,"Welcome to the museum, {name}.",Ann,hibari:heart,128,128\n'
        "bob,Welcome {nobody}.,Bob,hibari:heart,128,128\n"
    )
    page = visit()
    page.get_by_role("tab", name="Batch").click()
    expect(page.locator("#batches .empty")).to_be_visible()
    page.locator("#batch-file input[type=file]").set_input_files(table)
    expect(page.locator(".rows tr.good")).to_have_count(1)
    expect(page.locator(".rows tr.bad")).to_contain_text("{nobody} is not a column with a value")
    shoot(page, "batch")
    page.locator("#batch-render").click()
    with page.expect_download(timeout=RENDER_S * 1000) as download:
        page.locator(".batch a.fetch").click(timeout=RENDER_S * 1000)
    names = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())).namelist()
    assert sorted(names) == ["ann.mp4", "ann.srt"]
    shoot(page, "batch-done")


def test_everything_is_reached_and_worked_with_the_keyboard_alone(visit: Open) -> None:
    page = visit()
    reached: set[str] = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("""() => {
            const at = document.activeElement;
            return at.id || at.name || at.getAttribute('role') || at.closest('[id]')?.id || at.tagName;
        }""")
        )
        if reached >= {"render", "avatar", "voice", "draft", "tab"}:
            break
    assert reached >= {"render", "avatar", "voice", "draft", "tab"}
    page.locator(".picker-avatar input:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".picker-avatar input:checked")).to_have_value("astronaut")
    expect(page.locator("#screen img")).to_have_attribute("src", re.compile("astronaut"))


def test_a_voice_is_heard_at_a_click(visit: Open) -> None:
    page = visit()
    page.locator(".picker-voice .play").nth(1).click()
    page.wait_for_function("window.studioSample && window.studioSample.currentTime > 0")
    expect(page.locator(".picker-voice .play").nth(1)).to_have_attribute("aria-pressed", "true")


def test_engines_and_endpoints_are_explained(visit: Open) -> None:
    page = visit()
    page.get_by_role("tab", name="Engines").click()
    expect(page.locator("#engines li.ready").first).to_be_visible()
    expect(page.locator("#engines li.missing small").first).not_to_be_empty()
    shoot(page, "engines")
    page.get_by_role("tab", name="API").click()
    expect(page.locator(".endpoints dt").first).to_be_visible()
    shoot(page, "api")
