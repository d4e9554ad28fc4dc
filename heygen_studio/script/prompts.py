"""What the language model is asked."""

from __future__ import annotations

from collections.abc import Sequence

from .brief import Brief
from .listener import listener_in
from .roles import Role
from .script import Language
from .sentences import count_words
from .writer import Message

_SYSTEM = {
    "en": "You write the words that {role} says aloud in a video. Write only the spoken words: one paragraph of plain English in whole "
    "sentences.",
    "zh": "你写的是{role}在视频里说出口的话。只写说出口的话：用简体中文，句子完整，写成一段。",
}
_ASK = {
    "en": "Style: {cue}. {shape} Invent no figures or names.",
    "zh": "口吻：{cue}。{shape}不要编造数字和人名。",
}
_WHOLE = {
    "en": "Open, make one concrete point, and end with a closing sentence.",
    "zh": "有开头，讲具体，最后自然收尾。",
}
_BEGINNING = {
    "en": "Open the talk and make a first concrete point; do not close it yet.",
    "zh": "先开头，讲第一个具体的要点，不要收尾。",
}


def opening_messages(brief: Brief, role: Role, words: int, *, whole: bool = True) -> list[Message]:
    """The chat up to the first request: who speaks, one worked example of about the same length, and the task with its rules.

    whole: the request is for a whole script, not for the beginning of one.
    """
    language = brief.language
    example = min(role.examples[language], key=lambda e: abs(count_words(e.text, language) - words))
    listener = listener_in(example.task, language) or role.listener[language]
    shape = (_WHOLE if whole else _BEGINNING)[language]
    shown = [*_lines(listener, example.task, role, language), _length(count_words(example.text, language), language)]
    task = [*_task(brief, role), _length(words, language), _ASK[language].format(cue=role.cue[language], shape=shape)]
    return [
        {"role": "system", "content": _SYSTEM[language].format(role=role.instruction[language])},
        {"role": "user", "content": "\n".join(shown)},
        {"role": "assistant", "content": example.text},
        {"role": "user", "content": "\n".join(task)},
    ]


def go_on(messages: Sequence[Message], said: str, brief: Brief, words: int) -> list[Message]:
    """The chat that asks for more of a script that came out too short."""
    ask = (
        f"请接着说下去，再说大约{words}个字，讲新的内容，不要重复，自然收尾。"
        if brief.language == "zh"
        else f"Go on from there with about {words} more words. Say something new, repeat nothing, and come to an end."
    )
    return [*messages, {"role": "assistant", "content": said}, {"role": "user", "content": ask}]


def outline_messages(brief: Brief, role: Role, parts: int) -> list[Message]:
    """The chat that asks for the points of a long script, one a line."""
    task = "\n".join(_task(brief, role))
    system = _SYSTEM[brief.language].format(role=role.instruction[brief.language]).split("。" if brief.language == "zh" else ". ")[0]
    ask = (
        f"{task}\n列出这段口播要依次讲的{parts}个不同的要点，每行一个，每个不超过十五个字。"
        if brief.language == "zh"
        else f"{task}\nList {parts} different points that this talk makes, in a good order. One short line each, no explanations."
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": ask}]


def part_request(brief: Brief, point: str, words: int, *, last: bool) -> Message:
    """The request for one further part of a long script."""
    if brief.language == "zh":
        end = "这是结尾，请自然收尾。" if last else "不要问候，不要收尾。"
        return {"role": "user", "content": f"接着讲：{point}。讲新的内容，不要重复前面说过的话。{end}大约{words}个字。"}
    end = "This is the end: close the talk." if last else "Do not greet and do not close the talk."
    return {"role": "user", "content": f"Go on with this point: {point}. Say new things and repeat nothing. {end} About {words} words."}


def fact_messages(brief: Brief, role: Role, fact: str) -> list[Message]:
    """The chat that asks for one sentence that states a fact."""
    system = _SYSTEM[brief.language].format(role=role.instruction[brief.language])
    ask = (
        f"用一句口语说出这个事实，不加别的内容：{fact}"
        if brief.language == "zh"
        else f"Say this fact in one short spoken sentence, and add nothing: {fact}"
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": ask}]


def _task(brief: Brief, role: Role) -> list[str]:
    """Listener, task, tone, facts and banned words, one a line."""
    language = brief.language
    listener = brief.audience.strip() or listener_in(brief.prompt, language) or role.listener[language]
    lines = _lines(listener, brief.prompt.strip(), role, language)
    zh = language == "zh"
    if brief.tone:
        lines.append(f"{'语气：' if zh else 'Tone: '}{brief.tone}")
    if brief.facts:
        lines.append("必须准确说出以下每个事实：" if zh else "State every one of these facts exactly:")
        lines += [f"- {fact}" for fact in brief.facts]
    if brief.banned_words:
        lines.append(f"{'禁用词：' if zh else 'Never use these words: '}{', '.join(brief.banned_words)}")
    return lines


def _lines(listener: str, task: str, role: Role, language: Language) -> list[str]:
    if language == "zh":
        return [f"听众：{listener}" + ("（直接对他们说）" if role.direct else ""), f"任务：{task}"]
    return [f"Listener: {listener}" + (', called "you"' if role.direct else ""), f"Task: {task}"]


def _length(words: int, language: Language) -> str:
    return f"长度：{words}个字" if language == "zh" else f"Length: {words} words"
