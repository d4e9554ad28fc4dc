"""Addresses and names of files, as they are read aloud in English."""

from __future__ import annotations

import re

from .english_numbers import digits, grouped

_WORD_DOMAINS = frozenset({"com", "org", "net", "info", "biz", "gov", "app", "dev", "shop", "store", "online", "site", "tech", "blog"})
DOMAINS = "|".join([*sorted(_WORD_DOMAINS), "io", "ai", "co", "uk", "de", "fr", "edu", "tv", "me", "us", "eu", "ca", "au", "cn"])
_ADDRESS_SIGNS = {".": " dot ", "/": " slash ", "-": " dash ", "_": " underscore ", "@": " at ", "+": " plus ", ":": " ", "~": " tilde "}
FILES = "pdf|docx?|xlsx?|pptx?|txt|csv|jpe?g|png|gif|mp3|mp4|wav|zip|html?|json|py|js|exe|md"


def spell(letters: str) -> str:
    """ "io" -> "I.O": the G2P reads dotted capitals letter by letter."""
    return ".".join(letters.upper())


def address(match: re.Match[str]) -> str:
    """An e-mail address or a web address; what follows "?" or "#" is not read aloud."""
    written = re.sub(r"^[a-z]+://", "", match.group(), flags=re.IGNORECASE)
    written = re.sub(r"[?#].*", "", written).rstrip("/")
    host = written.partition("/")[0].split("@")[-1].split(".")
    spoken: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", written):
        if part.isdigit():
            spoken.append(grouped(part) if len(part) <= 4 and part[0] != "0" else digits(part))
        elif not part.isalpha():
            spoken.append(_ADDRESS_SIGNS.get(part, " "))
        elif part.lower() == "www" or (part in host[1:] and len(part) <= 3 and part.lower() not in _WORD_DOMAINS):
            spoken.append(spell(part))
        else:
            spoken.append(part)
    return " ".join(" ".join(spoken).split())


def file_name(match: re.Match[str]) -> str:
    return f"{match.group(1)} dot {spell(match.group(2))}"
