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
    "en": "Open the talk and make its first point: {point}. Do not close it yet.",
    "zh": "先开头，再讲第一个要点：{point}。不要收尾。",
}


def opening_messages(brief: Brief, role: Role, words: int, *, point: str = "") -> list[Message]:
    """The chat up to the first request: who speaks, one worked example of about the same length, and the task with its rules.

    point: what the beginning of a longer script makes; without it the request is for a whole script.
    """
    language = brief.language
    example = min(role.examples[language], key=lambda e: abs(count_words(e.text, language) - words))
    listener = listener_in(example.task, language) or role.listener[language]
    shape = _BEGINNING[language].format(point=point) if point else _WHOLE[language]
    shown = [*_lines(listener, example.task, role, language), _length(count_words(example.text, language), language)]
    task = [*_task(brief, role), _length(words, language), _ASK[language].format(cue=role.cue[language], shape=shape)]
    return [
        {"role": "system", "content": _SYSTEM[language].format(role=role.instruction[language])},
        {"role": "user", "content": "\n".join(shown)},
        {"role": "assistant", "content": example.text},
        {"role": "user", "content": "\n".join(task)},
    ]


def go_on(messages: Sequence[Message], said: str, brief: Brief, words: int, *, closing: bool) -> list[Message]:
    """The chat that asks for more of what came out too short; closing: the script ends with it."""
    if brief.language == "zh":
        ask = f"请接着说下去，再说大约{words}个字，讲新的内容，不要重复" + ("，自然收尾。" if closing else "，不要收尾。")
    else:
        end = ", and come to an end." if closing else ". Do not close the talk."
        ask = f"Go on from there with about {words} more words. Say something new, repeat nothing{end}"
    return [*messages, {"role": "assistant", "content": said}, {"role": "user", "content": ask}]


def outline_messages(brief: Brief, role: Role, count: int, points: Sequence[str]) -> list[Message]:
    """The chat that asks for ``count`` points of a long script, one a line, other than those that are there."""
    task = "\n".join(_task(brief, role))
    if brief.language == "zh":
        system = "你负责列出讲稿的提纲。"
        ask = f"{task}\n按讲述的先后顺序，列出{count}个要点。每行一个短句，每句讲一件不同的具体的事，不要解释。"
        more = f"再列出{count}个要点，要和上面的完全不同。"
    else:
        system = "You plan talks."
        ask = (
            f"{task}\nList {count} points in the order in which they are told. Each is one short line that says something different and "
            "concrete. No explanations."
        )
        more = f"List {count} more points, quite different from these."
    messages: list[Message] = [{"role": "system", "content": system}, {"role": "user", "content": ask}]
    if not points:
        return messages
    return [*messages, {"role": "assistant", "content": "\n".join(points)}, {"role": "user", "content": more}]


def part_messages(brief: Brief, role: Role, point: str, words: int) -> list[Message]:
    """The chat that asks for one further part of a long script: without the parts before it, for a small model copies what it sees."""
    ask = (
        f"现在说正文中的一段，一共{max(2, round(words / 20))}句话，大约{words}个字，围绕这一点展开：{point}。说清楚过程和原因，举出细节，"
        "不要问候，不要收尾，不要编造数字和人名。"
        if brief.language == "zh"
        else f"Now say the paragraph in the middle of the talk that is about this: {point}. Explain how and why, with details, and keep to "
        f"this point. No greeting, no question, no closing, no invented figures or names. Length: {words} words"
    )
    return _further(brief, role, ask)


def close_messages(brief: Brief, role: Role, words: int) -> list[Message]:
    """The chat that asks for the close of a long script."""
    ask = (
        f"正文已经讲完。现在对听众说一两句收尾的话，不要再讲正文的内容。大约{words}个字。"
        if brief.language == "zh"
        else f"All points have been made. "
        f"Now say one or two closing sentences to the listeners, and explain nothing more. Length: {words} words"
    )
    return _further(brief, role, ask)


def _further(brief: Brief, role: Role, ask: str) -> list[Message]:
    system = _SYSTEM[brief.language].format(role=role.instruction[brief.language])
    task = "\n".join(_task(brief, role))
    return [{"role": "system", "content": system}, {"role": "user", "content": f"{task}\n{ask}"}]


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
