"""Asking public services politely, and telling "no" from "no answer".

In go addresses; out comes an :class:`Answer` (the service has spoken, be it with
200 or 404) or a :class:`CouldNotCheckError` (it has not: no network, time-out, too
many requests, server fault, a body that is cut or is not what was asked for).
Every host is asked at its own pace and by no more than so many threads at once;
failures are tried again after an exponentially growing, jittered pause, or when
the host's ``Retry-After`` says. A host that stays silent is left alone for the
rest of the run. One client serves many threads.
"""

from __future__ import annotations

import contextlib
import json
import math
import random
import re
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import urllib3

#: Answers that say "not now" rather than "no" (RFC 9110, 15.5 and 15.6; RFC 6585, 4).
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

#: Addresses followed before a chain of redirects counts as broken.
MAX_REDIRECTS = 10

#: A number in a header that says how often a host may be asked, with or without its unit.
_LIMIT = re.compile(r"([0-9]{1,9})s?")

_FAULTS = (urllib3.exceptions.HTTPError, OSError, UnicodeError)


class CouldNotCheckError(Exception):
    """No usable answer was had; ``str()`` says why, in words fit for a report."""


class Clock(Protocol):
    """Where the time comes from; tests bring one that does not wait."""

    def now(self) -> float:
        """Return seconds since some fixed moment, never running backwards."""

    def today(self) -> datetime:
        """Return the time of day in UTC, for dates in ``Retry-After``."""

    def sleep(self, seconds: float, wake: threading.Event) -> None:
        """Wait, or return early once ``wake`` is set."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """See :class:`Clock`."""
        return time.monotonic()

    def today(self) -> datetime:
        """See :class:`Clock`."""
        return datetime.now(UTC)

    def sleep(self, seconds: float, wake: threading.Event) -> None:
        """See :class:`Clock`."""
        wake.wait(seconds)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a host wants to be asked: seconds between two requests, and how many may be under way."""

    interval: float = 1.0
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to ask. Times are in seconds, sizes in bytes."""

    connect: float = 10.0
    read: float = 30.0
    whole: float = 120.0
    attempts: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0
    longest_retry_after: float = 300.0
    silent_after: int = 8
    max_bytes: int = 32_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said: status, final address, headers (names in lower case) and body."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the service says that here is what was asked for."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the service says that there is no such thing (RFC 9110: 404, 410)."""
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    def json(self) -> Any:
        """Return the parsed body; raises :class:`CouldNotCheckError` where it is not JSON."""
        kind = self.headers.get("content-type", "")
        if "json" not in kind.lower():
            raise CouldNotCheckError(f"expected JSON, got {kind or 'no content type'}")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise CouldNotCheckError("the answer is not valid JSON") from error


class _Again(Exception):  # noqa: N818 - a signal between two functions here, never an error to a caller
    """An attempt failed in a way that another may not; ``after`` is what the host asked for, in seconds."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class _Host:
    """One host's pace, the requests under way there and whether it has fallen silent."""

    def __init__(self, pace: Pace) -> None:
        self.interval = pace.interval
        self.slots = threading.BoundedSemaphore(pace.at_once)
        self.lock = threading.Lock()
        self.free_at = -math.inf
        self.silences = 0

    def reserve(self, now: float) -> float:
        """Take the next free moment and return how long to wait for it."""
        with self.lock:
            start = max(self.free_at, now)
            self.free_at = start + self.interval
            return start - now

    def pause(self, until: float) -> None:
        """Let nobody ask before ``until``."""
        with self.lock:
            self.free_at = max(self.free_at, until)

    def slow_down(self, interval: float) -> None:
        """Ask no more often than the host has just said it allows."""
        with self.lock:
            self.interval = max(self.interval, interval)

    def heard(self, spoke: bool) -> None:
        """Note that the host spoke, or that one more question got no answer at all."""
        with self.lock:
            self.silences = 0 if spoke else self.silences + 1


class Client:
    """Asks on behalf of one run. ``paces`` maps ``host`` or ``host:port`` to its pace."""

    def __init__(
        self,
        *,
        contact: str = "",
        paces: Mapping[str, Pace] | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self.agent = user_agent(contact)
        self.patience = patience or Patience()
        self.clock: Clock = clock or SystemClock()
        self._chance = chance or random.Random()  # noqa: S311 - spreads retries, keeps no secret
        self._paces = dict(paces or {})
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._pools: dict[str, urllib3.PoolManager] = {}

    def stop(self) -> None:
        """Make every request that waits or is still to come end as *could not check*."""
        self._stopping.set()

    def close(self) -> None:
        """Give back all connections."""
        with self._lock:
            for pool in self._pools.values():
                pool.clear()

    def get(self, url: str, *, accept: str = "application/json") -> Answer:
        """Return what ``url`` answers, redirects followed; a body comes with it."""
        return self._persist("GET", url, accept, json_wanted="json" in accept)

    def head(self, url: str) -> Answer:
        """Return status and headers of ``url``, redirects followed; asked once, for GET can follow."""
        return self._persist("HEAD", url, "*/*", attempts=1)

    def touch(self, url: str) -> Answer:
        """Return status and headers of ``url`` by GET, for servers that refuse HEAD; the body is not read."""
        return self._persist("GET", url, "*/*", body_wanted=False)

    def _persist(
        self,
        method: str,
        url: str,
        accept: str,
        *,
        json_wanted: bool = False,
        body_wanted: bool = True,
        attempts: int = 0,
    ) -> Answer:
        """Ask until there is an answer or patience is at its end."""
        reason = "no attempt was made"
        attempts = attempts or self.patience.attempts
        for attempt in range(attempts):
            try:
                answer = self._follow(method, url, accept, body_wanted)
                if json_wanted and answer.ok:
                    _expect_json(answer)
            except _Again as again:
                reason = str(again)
                if attempt + 1 < attempts:
                    self._pause(url, attempt, again.after)
            else:
                return answer
        raise CouldNotCheckError(reason)

    def _pause(self, url: str, attempt: int, after: float | None) -> None:
        """Wait before the next attempt: as long as the host says, else exponentially with full jitter."""
        if after is None:
            ceiling = min(self.patience.longest_pause, self.patience.first_pause * 2**attempt)
            self._sleep(self._chance.uniform(0.0, ceiling))
        elif after > self.patience.longest_retry_after:
            raise CouldNotCheckError(f"the host asks to wait {after:.0f} seconds. Run again later.")
        else:
            self._host(url).pause(self.clock.now() + after)

    def _follow(self, method: str, url: str, accept: str, body_wanted: bool) -> Answer:
        """Ask, and follow redirects to their end."""
        seen = {url}
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(method, url, accept, body_wanted)
            target = answer.headers.get("location")
            if answer.status not in REDIRECTS or not target:
                return answer
            url = _redirected(url, target)
            if url in seen:
                raise CouldNotCheckError("redirects in a circle")
            seen.add(url)
            if answer.status == HTTPStatus.SEE_OTHER and method != "HEAD":
                method = "GET"
        raise CouldNotCheckError(f"more than {MAX_REDIRECTS} redirects")

    def _ask(self, method: str, url: str, accept: str, body_wanted: bool) -> Answer:
        """Send one request at its host's pace; raises :class:`_Again` where another attempt makes sense."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise CouldNotCheckError(f"not a web address: {url}")
        host = self._host(url)
        with host.slots:
            if host.silences >= self.patience.silent_after:
                raise CouldNotCheckError(f"{urlsplit(url).netloc} did not answer earlier in this run")
            self._sleep(host.reserve(self.clock.now()))
            try:
                answer = self._send(host, method, url, accept, body_wanted)
            except _FAULTS as error:
                raise _Again(_in_words(error)) from error
        _heed_limits(host, answer, self.patience.longest_pause)
        if answer.status in TRANSIENT:
            raise _Again(f"the host answered {answer.status}", retry_after(answer, self.clock.today()))
        return answer

    def _send(self, host: _Host, method: str, url: str, accept: str, body_wanted: bool) -> Answer:
        timeout = urllib3.Timeout(connect=self.patience.connect, read=self.patience.read)
        headers = {"User-Agent": self.agent, "Accept": accept, "Accept-Encoding": "gzip"}
        try:
            response = self._pool(url).request(
                method, url, headers=headers, timeout=timeout, retries=False, redirect=False, preload_content=False
            )
        except _FAULTS:
            host.heard(spoke=False)
            raise
        host.heard(spoke=True)
        with _released(response):
            body = self._read(response) if body_wanted and method != "HEAD" else b""
        return Answer(response.status, url, {k.lower(): v for k, v in response.headers.items()}, body)

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Read a body that may be slow, too long or cut.

        Taken as it arrives and unpacked at the end: reading by a number of bytes, or
        until something could be unpacked, would wait for as long as a host lets bytes drip.
        """
        end = self.clock.now() + self.patience.whole
        body = bytearray()
        while chunk := response.read1(65_536, decode_content=False):
            body += chunk
            if len(body) > self.patience.max_bytes:
                raise CouldNotCheckError(f"the answer is longer than {self.patience.max_bytes} bytes")
            if self.clock.now() > end:
                raise urllib3.exceptions.ReadTimeoutError(None, None, "too slow")  # type: ignore[arg-type]
        return _unpacked(bytes(body), response.headers.get("content-encoding", ""), self.patience.max_bytes)

    def _sleep(self, seconds: float) -> None:
        if seconds > 0 and not self._stopping.is_set():
            self.clock.sleep(seconds, self._stopping)
        if self._stopping.is_set():
            raise CouldNotCheckError("the run was stopped")

    def _host(self, url: str) -> _Host:
        parts = urlsplit(url)
        with self._lock:
            if parts.netloc not in self._hosts:
                pace = self._paces.get(parts.netloc) or self._paces.get(parts.hostname or "") or Pace()
                self._hosts[parts.netloc] = _Host(pace)
            return self._hosts[parts.netloc]

    def _pool(self, url: str) -> urllib3.PoolManager:
        """Return the connections for ``url``: direct, or through the proxy of the environment."""
        proxy = _proxy_for(url)
        with self._lock:
            if proxy not in self._pools:
                options: dict[str, Any] = {"num_pools": 32, "maxsize": 16}
                self._pools[proxy] = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
            return self._pools[proxy]


def _unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """Unpack a body that came packed as was asked for; one that swells beyond ``most`` bytes is refused."""
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        return body
    try:
        unpacked = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(body, most + 1)
    except zlib.error as error:
        raise urllib3.exceptions.DecodeError("not gzip") from error
    if len(unpacked) > most:
        raise CouldNotCheckError(f"the answer is longer than {most} bytes")
    return unpacked


def user_agent(contact: str) -> str:
    """Say who asks; with ``contact`` (an e-mail address) services can write before they block."""
    return f"livingreview/1 (mailto:{contact})" if contact else "livingreview/1"


def _redirected(url: str, target: str) -> str:
    """Return the address that a redirect leads to; what a host sends need not be one."""
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise CouldNotCheckError("redirects to no usable address") from error


def retry_after(answer: Answer, today: datetime) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, given as a number or a date (RFC 9110, 10.2.3)."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - today).total_seconds())


def _heed_limits(host: _Host, answer: Answer, longest: float) -> None:
    """Slow down to what the host grants: so many requests (``limit``) in so many seconds (``interval``)."""
    limit = _LIMIT.fullmatch(answer.headers.get("x-rate-limit-limit", ""))
    interval = _LIMIT.fullmatch(answer.headers.get("x-rate-limit-interval", ""))
    if limit and interval and int(limit[1]):
        host.slow_down(min(longest, int(interval[1]) / int(limit[1])))


def _expect_json(answer: Answer) -> None:
    """Have a body that is not the JSON it should be asked for again."""
    try:
        answer.json()
    except CouldNotCheckError as error:
        raise _Again(str(error)) from error


def _in_words(error: Exception) -> str:
    """Name a failure as a report would, without addresses of objects or of this machine."""
    kinds = (
        (urllib3.exceptions.SSLError, "the secure connection failed"),
        (urllib3.exceptions.NameResolutionError, "the host's name is not known"),
        (urllib3.exceptions.NewConnectionError, "no connection to the host"),
        (urllib3.exceptions.ConnectTimeoutError, "no connection in time"),
        (urllib3.exceptions.TimeoutError, "no answer in time"),
        (urllib3.exceptions.DecodeError, "the answer could not be unpacked"),
        (urllib3.exceptions.ProtocolError, "the connection broke off"),
        (urllib3.exceptions.LocationValueError, "not a usable address"),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), "the connection failed")


def _proxy_for(url: str) -> str:
    """Return the proxy that the environment names for ``url``, or ``""``."""
    parts = urlsplit(url)
    if not parts.hostname or urllib.request.proxy_bypass(parts.hostname):
        return ""
    return urllib.request.getproxies().get(parts.scheme, "")


@contextlib.contextmanager
def _released(response: urllib3.BaseHTTPResponse) -> Iterator[None]:
    """Give the connection back after a body that was read whole, close it otherwise."""
    try:
        yield
    except BaseException:
        response.close()
        raise
    if response.closed or response.length_remaining == 0:
        response.release_conn()
    else:
        response.close()
