"""What can be known about a request before anything is rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import StudioError
from ..request import VideoRequest, no_video_in_scenes, scene_error
from ..settings import settings


def check(request: VideoRequest) -> None:
    """Refuse a request whose avatar, background, voice, role, renderer or recording does not exist, without loading any model.

    Raises `StudioError`, with the field, as `Studio.render` would do after a while.
    """
    for number, part in enumerate(request.parts()):
        try:
            _check_part(part, bool(request.scenes))
        except StudioError as error:
            raise scene_error(error, number) if request.scenes else error from None


def _check_part(request: VideoRequest, in_scene: bool) -> None:
    from ..frames import check_renderer, no_background
    from ..portrait.avatars import find_avatar, words_of
    from ..portrait.backdrop import check_backdrop, check_circle
    from ..portrait.painting import check_words
    from ..script import script_from_lines, script_from_text
    from ..script.roles import find_role
    from ..script.writer import check_writer
    from ..speech import find_voice
    from ..speech.audio_file import check_audio
    from ..video.footage import is_video, open_footage
    from ..video.layout import no_layout

    with blaming("avatar"):
        words = words_of(request.avatar)
        if words is None:
            avatar = find_avatar(request.avatar)
            video = is_video(avatar)
            if video:
                open_footage(avatar)
                if in_scene:
                    raise no_video_in_scenes()
        else:
            check_words(words, settings().painter, request.commercial)
            video = False
    with blaming("background"):
        check_backdrop(request.background)
        if video:
            no_background(request.background)
    check_circle(request.circle)
    if video:
        no_layout(request.layout)
    with blaming("role"):
        find_role(request.role)
    check_renderer(request.engine, commercial=request.commercial, video=video)
    if request.audio is not None:
        with blaming("audio"):
            check_audio(request.audio)
    elif not request.listen:
        language = request.spoken_language
        with blaming("voice"):
            find_voice(request.voice, language=language, commercial=request.commercial)
        if request.text:
            with blaming("text"):
                script_from_text(request.text, language)
        elif request.prompt and request.commercial:
            check_writer(request.writer or settings().writer)
        with blaming("lines"):
            script_from_lines(request.lines, language)


@contextmanager
def blaming(field: str) -> Iterator[None]:
    """Errors in the block are the fault of this field."""
    try:
        yield
    except StudioError as error:
        error.field = field
        raise
