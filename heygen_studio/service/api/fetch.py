"""Requests to addresses that strangers name: never to this machine or its network, and never more or longer than was asked for.

A name is resolved once, every address it has is checked, and the connection goes to a checked one: a name that points elsewhere a
moment later (DNS rebinding) reaches nothing. Redirects are followed by hand, each checked in the same way.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import httpcore

from ...errors import BadInput

LONGEST_URL, MOST_REDIRECTS = 2000, 3
#: Seconds for a connection, for each piece of an answer, and for all of a download.
CONNECT_S, READ_S, TOTAL_S = 5.0, 15.0, 300.0
#: IPv6 addresses that stand for IPv4 ones behind a translator; Python calls all of them global.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str, field: str) -> str:
    """The address in the form in which it is called. Raises `BadInput` for anything but a plain http or https address."""
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if len(url) > LONGEST_URL or parts.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.:%_-]+", host) or port == 0:
        raise BadInput(f"{url[:80]!r} is no address that can be called: give an http:// or https:// address.", field=field)
    if parts.username is not None or parts.password is not None:
        raise BadInput("An address with a user name in it is not called: leave out what stands before the @.", field=field)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    safe = re.sub(r"[^\x21-\x7e]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), target)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{safe}"


def refuse_private(url: str, field: str) -> None:
    """Raise `BadInput` for an address that is seen to be private without asking for any name; a call checks all of them again."""
    host = urlsplit(url).hostname or ""
    private = host == "localhost" or host.endswith(".localhost")
    with suppress(OSError, ValueError):  # a name
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)  # reads every way to write a number
        private = not all(is_public(ipaddress.ip_address(str(each[4][0]).split("%")[0])) for each in found)
    if private:
        raise BadInput(f"The host {host[:80]!r} is in a private network, and only public addresses are called.", field=field)


def download(url: str, target: BinaryIO, *, most: int, private: bool, field: str) -> None:
    """Write what is at ``url`` into ``target``.

    most: bytes. private: whether addresses of this machine and its network may be called.
    Raises `BadInput` for a bad address, one that may not be called, or one that does not answer well.
    """
    deadline = time.monotonic() + TOTAL_S
    url = check_url(url, field)
    for _ in range(MOST_REDIRECTS + 1):
        with request("GET", url, private=private, field=field, deadline=deadline) as (status, headers, body):
            if status in (301, 302, 303, 307, 308) and "location" in headers:
                url = check_url(urljoin(url, headers["location"]), field)
                continue
            if status != 200:
                raise BadInput(
                    f"{url[:80]} answered with status {status}: give an address whose content can be read by anyone.", field=field
                )
            if headers.get("content-encoding", "identity") != "identity":
                raise BadInput(f"{url[:80]} sends its content compressed, which is not read: give another address.", field=field)
            size = 0
            for chunk in body:
                size += len(chunk)
                if size > most:
                    raise BadInput(f"What is at {url[:80]} has more than {most / 1e6:g} MB: give something smaller.", field=field)
                target.write(chunk)
            return
    raise BadInput(f"{url[:80]} leads from one address to the next: give the last one.", field=field)


@contextmanager
def request(
    method: str, url: str, *, private: bool, field: str, deadline: float, headers: dict[str, str] | None = None, content: bytes = b""
) -> Iterator[tuple[int, dict[str, str], Iterator[bytes]]]:
    """Status, headers (lower case) and body of the answer to one request; redirects are not followed.

    deadline: when all of it must have come, by the monotonic clock; a stranger may send a byte now and then for ever.
    Raises `BadInput`.
    """
    host = urlsplit(url).netloc
    sent = {"Host": host, "User-Agent": "HeyGen-Studio", "Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
    if content:
        sent["Content-Length"] = str(len(content))
    timeout = {"connect": CONNECT_S, "read": READ_S, "write": READ_S, "pool": CONNECT_S}
    try:
        with (
            httpcore.ConnectionPool(network_backend=_Guarded(private, field, deadline)) as pool,
            pool.stream(method, url, headers=list(sent.items()), content=content or None, extensions={"timeout": timeout}) as response,
        ):
            yield response.status, _headers(response.headers), response.iter_stream()
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise BadInput(f"{url[:80]} cannot be reached ({str(error) or type(error).__name__}): check the address.", field=field) from error


def addresses(host: str, port: int) -> list[IPAddress]:
    """All addresses of a host. Raises OSError if it has none."""
    return [ipaddress.ip_address(str(found[4][0]).split("%")[0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: IPAddress) -> bool:
    """Whether the address belongs to a machine on the internet, not to this one, its network, or a special purpose."""
    inner: IPAddress | None = None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.is_site_local:  # an old kind of private address
            return False
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Timed(httpcore.NetworkStream):
    """A connection on which nothing lasts past the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """The timeout, or what is left until the deadline if that is less. Raises `httpcore.ReadTimeout` if nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("it answers too slowly")
    return left if timeout is None else min(timeout, left)


class _Guarded(httpcore.SyncBackend):
    """Connects only to hosts whose every address is public, and for no longer than until the deadline."""

    def __init__(self, private: bool, field: str, deadline: float) -> None:
        self._private, self._field, self._deadline = private, field, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = addresses(host, port)
        except (OSError, ValueError) as error:
            raise BadInput(f"The host {host[:80]!r} has no address: check the name.", field=self._field) from error
        if not self._private and not all(is_public(address) for address in found):
            raise BadInput(f"The host {host[:80]!r} is in a private network, and only public addresses are called.", field=self._field)
        connect = super().connect_tcp

        def connected(address: IPAddress) -> httpcore.NetworkStream:
            return _Timed(connect(str(address), port, _left(self._deadline, timeout), local_address, socket_options), self._deadline)

        for address in found[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return connected(address)
        return connected(found[-1])

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise BadInput("Only addresses of the internet are called.", field=self._field)


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
