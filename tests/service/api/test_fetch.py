"""Addresses that strangers name reach the internet and nothing else."""

from __future__ import annotations

import errno
import io
import ipaddress
import socket
import time
from typing import Any

import pytest

from heygen_studio import BadInput
from heygen_studio.service.api import fetch
from heygen_studio.service.api.fetch import check_url, download, is_public

from .conftest import Receiver


def get(url: str, private: bool = False, most: int = 1000) -> bytes:
    target = io.BytesIO()
    download(url, target, most=most, private=private, field="url")
    return target.getvalue()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",  # 127.0.0.1 as one number
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "[64:ff9b:1::1]",
        "[::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ],
)
def test_addresses_of_this_machine_and_its_network_are_not_called(host: str) -> None:
    with pytest.raises(BadInput, match=r"private network|has no address|no address that can be called") as said:
        get(f"http://{host}:9/secret")
    assert said.value.field == "url"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/a",
        "//example.com",
        "example.com",
        "http://",
        "http:///path",
        "http://user:password@example.com/",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://exa mple.com/",
        "http://[::1",
        "http://" + "a" * 3000,
        "http://ex\udc80ample.com/",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput) as said:
        check_url(url, "callback_url")
    assert said.value.field == "callback_url"


def test_nothing_can_be_smuggled_into_the_request() -> None:
    assert check_url("http://example.com/a b?c=\u00e9", "url") == "http://example.com/a%20b?c=%C3%A9"
    assert "\r" not in check_url("http://example.com/\r\nX: y", "url") and "\n" not in check_url("http://example.com/a\nb", "url")
    assert check_url("HTTPS://Example.COM:8443", "url") == "https://example.com:8443/"


def test_a_name_that_points_to_this_machine_is_not_called(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """Not even if another of its addresses is public."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(fetch.socket, "getaddrinfo", resolve)
    with pytest.raises(BadInput, match="private network"):
        get(f"http://innocent.example:{receiver.port}/")
    assert receiver.got == []


def test_the_checked_address_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    """A name that changes its address between the check and the call (DNS rebinding) is resolved only once."""
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def rebind(host: Any, port: Any, *others: Any, **names: Any) -> list[Any]:
        if host != "rebinding.example":
            return resolve(host, port, *others, **names)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1" if len(asked) == 1 else "127.0.0.1", port))]

    monkeypatch.setattr(fetch.socket, "getaddrinfo", rebind)
    monkeypatch.setattr(fetch, "is_public", lambda address: str(address) != "127.0.0.1")
    monkeypatch.setattr(fetch, "CONNECT_S", 0.2)
    with pytest.raises(BadInput, match="cannot be reached"):
        get(f"http://rebinding.example:{receiver.port}/")
    assert len(asked) == 1 and receiver.got == []


def test_a_redirect_to_a_private_address_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = Receiver(content=b"secret")
    outer = Receiver(302, location=f"http://localhost:{inner.port}/")
    first = True

    def public_once(address: Any) -> bool:
        nonlocal first
        first, was = False, first
        return was

    monkeypatch.setattr(fetch, "is_public", public_once)
    with pytest.raises(BadInput, match="private network"):
        get(outer.url)
    assert len(outer.got) == 1 and inner.got == []
    inner.close()
    outer.close()


def test_what_is_fetched_is_limited() -> None:
    small, large, packed, loop, gone = (
        Receiver(content=b"x" * 1000),
        Receiver(content=b"x" * 1001),
        Receiver(content=b"x", headers={"Content-Encoding": "gzip"}),
        Receiver(302, location="/again"),
        Receiver(404),
    )
    assert get(small.url, private=True) == b"x" * 1000
    for receiver, sentence in ((large, "more than"), (packed, "compressed"), (loop, "from one address to the next"), (gone, "status 404")):
        with pytest.raises(BadInput, match=sentence):
            get(receiver.url, private=True)
    assert len(loop.got) == fetch.MOST_REDIRECTS + 1
    for receiver in (small, large, packed, loop, gone):
        receiver.close()


def test_who_answers_byte_by_byte_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, dripping: str) -> None:
    monkeypatch.setattr(fetch, "TOTAL_S", 0.3)
    started = time.monotonic()
    with pytest.raises(BadInput, match="cannot be reached"):
        get(dripping, private=True)
    assert time.monotonic() - started < 3


def test_a_full_disk_here_is_not_told_as_the_fault_of_the_address() -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    source = Receiver(content=b"x")
    with pytest.raises(OSError, match="No space"):
        download(source.url, Full(), most=10, private=True, field="url")
    source.close()
    with pytest.raises(BadInput, match="cannot be reached"):
        get(source.url, private=True)


def test_public_addresses() -> None:
    for text in ("8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"):
        assert is_public(ipaddress.ip_address(text)), text
