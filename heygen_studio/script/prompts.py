"""What the language model is asked."""

from __future__ import annotations

from collections.abc import Sequence

from .brief import Brief
from .roles import Role
from .writer import Message

_SYSTEM = {
    "en": "You are {role}. You speak aloud in a video. Say only the spoken words, in plain English and whole sentences, as one paragraph: "
    "no title, list, emoji, hashtag, stage direction, speaker name or placeholder.",
    "zh": "你是{role}。你在视频里对着镜头说话。只写说出口的话，用简体中文，句子完整，写成一段，"
    "不要标题、列表、表情符号、话题标签、动作说明、说话人名字或占位符。",
}


def opening_messages(brief: Brief, role: Role, words: int) -> list[Message]:
    """The chat up to the first request: who speaks, one worked example, and the topic with its rules."""
    language = brief.language
    example = role.example[language]
    return [
        {"role": "system", "content": _SYSTEM[language].format(role=role.instruction[language])},
        {"role": "user", "content": f"主题：{example.topic}" if language == "zh" else f"Topic: {example.topic}"},
        {"role": "assistant", "content": example.text},
        {"role": "user", "content": _request(brief, role, words)},
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
    system = _SYSTEM[brief.language].format(role=role.instruction[brief.language]).split("。" if brief.language == "zh" else ". ")[0]
    ask = (
        f"{_topic(brief)}\n列出这段口播要依次讲的{parts}个不同的要点，每行一个，每个不超过十五个字。"
        if brief.language == "zh"
        else f"{_topic(brief)}\nList {parts} different points that this talk makes, in a good order. One short line each, no explanations."
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


def _topic(brief: Brief) -> str:
    """Topic, audience, tone, facts and banned words, one a line."""
    zh = brief.language == "zh"
    lines = [f"{'主题：' if zh else 'Topic: '}{brief.prompt.strip()}"]
    if brief.audience:
        lines.append(f"{'听众：' if zh else 'Audience: '}{brief.audience}")
    if brief.tone:
        lines.append(f"{'语气：' if zh else 'Tone: '}{brief.tone}")
    if brief.facts:
        lines.append("必须准确说出以下每个事实：" if zh else "State every one of these facts exactly:")
        lines += [f"- {fact}" for fact in brief.facts]
    if brief.banned_words:
        lines.append(f"{'禁用词：' if zh else 'Never use these words: '}{', '.join(brief.banned_words)}")
    return "\n".join(lines)


def _request(brief: Brief, role: Role, words: int) -> str:
    voice = f"{role.label[brief.language].lower()}{'：' if brief.language == 'zh' else ': '}{role.cue[brief.language]}"
    if brief.language == "zh":
        return f"{_topic(brief)}\n口吻是{voice}。不要编造数字和人名。大约{words}个字。"
    return f"{_topic(brief)}\nSpeak as the {voice}. Invent no figures or names. About {words} words."
