"""Repair a model's draft: what is left is whole sentences of spoken prose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .banned import banned_in
from .listener import without_article
from .script import Language
from .sentences import HAN, is_finished, split_sentences
from .similarity import alike

#: Marks where a placeholder or a stage direction stood until it is decided what becomes of the sentence.
_HOLE = "\ue000"

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe00-\ufe0f\u20e3"
    "\U000e0000-\U000e007f]"
)
_MARKUP = re.compile(r"[*#_`~|<>\[\]{}\\^=•·●◦▪■□★☆※]")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|org|net|io|cn|ai|gov|edu)\b\S*", re.I)

#: Words that stand before a colon as the name of a speaker or a part, never as prose.
_LABELS = (
    r"(?:the )?question|"
    r"host|narrator|presenter|speaker|anchor|reporter|guide|teacher|patient|doctor|idol|agent|character|hero|player|user|assistant|"
    r"system|ai|bot|voice ?over|vo|title|topic|script|scene|part|intro|introduction|opening|outro|conclusion|closing|body|hook|"
    r"narration|dialogue|text|output|answer|response|note|cta|call to action|visual|audio|music|sound|camera|cut|"
    r"主持人|旁白|主播|导游|老师|教师|医生|患者|病人|客服|偶像|角色|解说|讲解员|标题|主题|题目|脚本|场景|开场白?|结尾|正文|画面|镜头|字幕|音乐|注|备注"
)
_LABEL = re.compile(
    rf"(?:(?:{_LABELS})(?: ?[\dA-Z一二三四五六七八九十]+)?|[A-Z]+(?: [A-Z]+){{0,3}}|(?:[A-Z][\w.'’]*)(?: [A-Z][\w.'’]*){{0,2}})"
    r"(?: ?\([^)]*\))? ?[:：]\s*",
)
_LABEL_ANY_CASE = re.compile(rf"(?:{_LABELS})(?: ?[\dA-Z一二三四五六七八九十]+)? ?[:：]\s*", re.I)

#: "Sure! Here is a script about bees:", before the text.
_ANNOUNCEMENT = re.compile(
    r"^(?:(?:sure|certainly|of course|absolutely|okay|ok|great)\b[^.!?:\n]{0,40}[.!,:]\s*)?"
    r"(?:here(?:['’]s| is| are)|below is|this is)\b(?:[^.!\n:]{0,120}:|[^.!\n:]{0,60}\b(?:script|draft)\b[^.!\n:]{0,60}[.!])\s*|"
    r"^(?:sure|certainly|of course|absolutely)(?: thing)?[!,.:]\s+(?=[A-Z\n])|"
    r"^(?:好的|当然|没问题)?[，,！!。]?(?:以下|下面|这)(?:是|为)[^。\n]{0,40}[：:]\s*|^(?:好的|当然可以|没问题)[，,！!。]\s*",
    re.I,
)
#: Sentences about the text itself or about the model, and words that stand for what the model did not know.
_META = re.compile(
    r"\w, called,? you\b|"
    r"\b(?:as an ai|language model|ai assistant|i (?:can ?not|can['’]t) (?:fulfil|assist|provide|write|help with (?:that|this))|"
    r"word count|this (?:script|draft)|"
    r"\d+ words|insert (?:your|name|company)|your (?:company|brand|product) name|xyz|lorem ipsum|end of (?:script|video)|your name here)\b|"
    r"作为(?:一个|一名)?(?:ai|人工智能|语言模型)|语言模型|字数|这[个份段篇](?:脚本|文案)|某某|XX|××|○○",
    re.I,
)


def clean(draft: str, language: Language, *, banned_words: Sequence[str] = (), sources: str = "") -> list[str]:
    """The usable sentences of a draft: plain spoken prose in ``language``, finished, not repeated, free of banned words.

    Markdown, emoji, hashtags, quotation marks, stage directions, speaker labels, announcements and placeholders are taken
    out; a sentence that cannot be repaired is dropped. An address of the web stays only if ``sources`` contains it.
    """
    lines = [_plain_line(line) for line in _without_blocks(draft).splitlines()]
    kept: list[str] = []
    for line in lines:
        for sentence in split_sentences(line):
            repaired = _repair(sentence, language)
            if repaired and _is_speakable(repaired, language, sources) and not any(alike(repaired, k, language) for k in kept):
                kept.append(repaired)
    return without_banned(kept, banned_words, language)


def without_banned(sentences: Sequence[str], banned_words: Sequence[str], language: Language) -> list[str]:
    """The sentences, less those that hold a banned word, alone or together with the one before."""
    kept: list[str] = []
    joint = "" if language == "zh" else " "
    for sentence in sentences:
        if not banned_in(joint.join([*kept, sentence]), banned_words):
            kept.append(sentence)
    return kept


def _without_blocks(draft: str) -> str:
    """The draft without code fences, HTML tags, invisible characters and the announcement before the text."""
    text = unicodedata.normalize("NFC", draft)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    text = re.sub(r"<think>.*?(?:</think>|$)", "", text, flags=re.S)
    text = re.sub(r"^\s*```.*$|</?[A-Za-z][^<>\n]{0,60}>", "", text, flags=re.M)
    return _ANNOUNCEMENT.sub("", text.strip().lstrip("\"'“‘「"), count=1)


def _plain_line(line: str) -> str:
    """One line without markdown, list marks, directions, hashtags, emoji and quotation marks."""
    text = re.sub(r"^\s*(?:#{1,6}\s.*|[-=_*~]{3,}\s*|\|.*\|\s*)$", "", line)
    text = re.sub(r"^\s*(?:>+\s*|[-*+•●▪]\s+|\(?\d{1,2}[.)、]\s+|[一二三四五六七八九十]{1,2}、)+", "", text)
    text = re.sub(r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    text = re.sub(r"\*\*([^*]+)\*\*|__([^_]+)__", lambda m: m[1] or m[2], text)
    text = re.sub(r"(?:^|(?<=[.!?。！？]))\s*\*[^*\n]{1,60}\*|\*[a-z]+(?:s|ing|ly)\b[^*\n]{0,40}\*", f" {_HOLE} ", text)
    text = re.sub(r"\[[^\]\n]*\]?|\{[^}\n]*\}?|<[^>\n]*>?|【[^】\n]*】?|_{2,}|＿+", f" {_HOLE} ", text)
    text = re.sub(r"\s*[(（][^)）\n]*(?:[)）]|$)", "", text)
    text = re.sub(r"[)）]", "", text)
    text = re.sub(r"[#＃][\w\u4e00-\u9fff-]+[#＃]?", " ", text)
    text = _EMOJI.sub(" ", text)
    text = re.sub(r"[\"“”„«»「」『』＂]|(?<!\w)['‘’]|['‘’](?!\w)", "", text)
    return text


def _repair(sentence: str, language: Language) -> str:
    """The sentence without markup, with plain punctuation; empty if a placeholder leaves a hole in it."""
    text = sentence.strip().strip(_HOLE + " ")
    if _HOLE in text:
        return ""
    text = _address_safe(text)
    text = _punctuate_zh(text) if language == "zh" else _punctuate_en(text)
    text = _without_labels(text)
    if not is_finished(text) or not any(c.isalnum() for c in text):
        return ""
    return text[0].upper() + text[1:] if language == "en" else text


def _without_labels(sentence: str) -> str:
    """The sentence from its first letter, figure or currency sign on, without the speaker labels before it."""
    while True:
        start = re.sub(r"^(?:[^\w$£€¥]|_)+", "", sentence).strip()
        label = _LABEL.match(start) or _LABEL_ANY_CASE.match(start)
        if not label:
            return start
        sentence = start[label.end() :]


def _address_safe(text: str) -> str:
    """Markup characters out, but an underscore inside an e-mail or web address stays."""
    parts, start = [], 0
    for address in _ADDRESS.finditer(text):
        parts += [_MARKUP.sub("", text[start : address.start()]), re.sub(r"[*#`|<>\[\]{}\\^]", "", address.group())]
        start = address.end()
    return "".join([*parts, _MARKUP.sub("", text[start:])])


def _punctuate_en(text: str) -> str:
    text = re.sub(r"\s*(?:—|–(?!\d)|\s-{1,3}\s|--+)\s*", ", ", text)
    text = re.sub(r"(?:\.{2,}|…)(?=\s*\w)", ", ", text)
    text = re.sub(r"(?:\.{2,}|…)", ".", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r",(?:\s*,)+", ",", text)
    text = re.sub(r"[,;:]+\s*([.!?])", r"\1", text)
    text = re.sub(r"^Welcome (?!to\b|back\b|home\b|aboard\b|in\b|on\b)(\w+(?: \w+){0,3})!$", r"Welcome, \1!", text)
    return without_article(re.sub(r"([!?.])[!?.]+", r"\1", text))


def _punctuate_zh(text: str) -> str:
    han = r"\u3400-\u9fff"
    for half, full in zip(",.?!;:", "，。？！；：", strict=True):
        text = re.sub(rf"(?<=[{han}])\s*{re.escape(half)}+(?!\d)", full, text)
    text = re.sub(r"\s*(?:——|—|–|-{2,})\s*", "，", text)
    text = re.sub(r"(?:…+|\.{3,}|。{2,})(?=.*[^\W_])", "，", text)
    text = re.sub(r"…+|\.{3,}", "。", text)
    text = re.sub(rf"(?<=[{han}，。！？、；：])\s+|\s+(?=[{han}，。！？、；：])", "", text)
    text = re.sub(r"[，、；：]+(?=[，。！？])", "", text)
    return re.sub(r"([。！？])[。！？]+", r"\1", re.sub(r"\s+", " ", text))


def _is_speakable(sentence: str, language: Language, sources: str) -> bool:
    """Whether a finished sentence can be said as it is: right language, no talk about the text, no invented address."""
    letters = [c for c in sentence if c.isalpha()]
    han = sum(bool(HAN.match(c)) for c in letters)
    if language == "en" and (han or any(ord(c) > 0x24F for c in letters)):
        return False
    if language == "zh" and han < 0.5 * len(letters):
        return False
    if any(address.group().rstrip(".,!?").lower() not in sources.lower() for address in _ADDRESS.finditer(sentence)):
        return False
    return not _META.search(sentence)
