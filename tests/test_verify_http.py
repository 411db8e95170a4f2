"""The polite client: what counts as an answer, how often it asks, how long it waits."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from effort import no_hanging
from livingreview.http_client import Answer, Client, CouldNotCheckError, Pace, Patience, retry_after, user_agent
from servers.clock import FakeClock
from servers.scholarly import FOREVER, Reply, Scholarly, Work, serving

CHANCE = random.Random(7)  # noqa: S311 - spreads pauses
HURRIED = Patience(connect=2.0, read=0.5, attempts=4)


@pytest.fixture
def services() -> Iterator[Scholarly]:
    with serving(Scholarly(works={"10.5555/a": Work()}, silence=1.5)) as state:
        yield state


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    made = Client(clock=clock, patience=HURRIED, paces={"127.0.0.1": Pace(0.0, 4)}, chance=CHANCE)
    yield made
    made.close()


def handle(services: Scholarly) -> str:
    return f"{services.url}/doi/api/handles/10.5555/a"


def asked(services: Scholarly) -> int:
    return services.asked["doi api/handles/10.5555/a"]


def test_an_answer_comes_whole(services: Scholarly, client: Client) -> None:
    answer = client.get(handle(services))
    assert answer.ok
    assert answer.json()["responseCode"] == 1
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    "fault",
    ["429", "429-date", "500", "503", "malformed", "truncated", "slow", "wrong-type", "reset", "bad-gzip", "empty"],
)
def test_a_passing_fault_is_waited_out(services: Scholarly, client: Client, fault: str) -> None:
    services.faults["10.5555/a"] = (fault, 2)
    assert client.get(handle(services)).json()["responseCode"] == 1
    assert asked(services) == 3


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "answered 500"),
        ("429", "answered 429"),
        ("429-long", "asks to wait 86400 seconds"),
        ("malformed", "not valid JSON"),
        ("empty", "not valid JSON"),
        ("truncated", "broke off"),
        ("slow", "no answer in time"),
        ("wrong-type", "expected JSON, got text/html"),
        ("reset", "broke off"),
        ("bad-gzip", "could not be unpacked"),
        ("redirect-loop", "in a circle"),
        ("redirect-chain", "more than 10 redirects"),
        ("redirect-nowhere", "redirects to no usable address"),
    ],
)
def test_a_lasting_fault_is_no_answer(services: Scholarly, client: Client, fault: str, reason: str) -> None:
    services.faults["10.5555/a"] = (fault, FOREVER)
    with pytest.raises(CouldNotCheckError, match=reason):
        client.get(handle(services))


@pytest.mark.parametrize("fault", ["410", "404-html"])
def test_a_no_is_an_answer(services: Scholarly, client: Client, fault: str) -> None:
    services.faults["10.5555/a"] = (fault, FOREVER)
    assert client.get(handle(services)).gone
    assert asked(services) == 1


def test_pauses_grow_and_are_jittered(services: Scholarly, client: Client, clock: FakeClock) -> None:
    services.faults["10.5555/a"] = ("500", 3)
    client.get(handle(services))
    pauses = [pause for pause in clock.sleeps if pause > 0]
    assert len(pauses) == 3
    assert all(0 < pause <= 2**attempt for attempt, pause in enumerate(pauses))
    assert pauses != [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("fault", "expected"), [("429", 7), ("429-date", 30)])
def test_retry_after_is_kept_in_both_forms(
    services: Scholarly, client: Client, clock: FakeClock, fault: str, expected: float
) -> None:
    services.faults["10.5555/a"] = (fault, 1)
    client.get(handle(services))
    assert clock.time == pytest.approx(expected, abs=3)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Wed, 01 Jan 2020 00:00:10 GMT", 10.0),
        ("Tue, 31 Dec 2019 23:59:00 GMT", 0.0),
        ("٣", None),
        ("Wed, 99999999999901 Jan 2020 00:00:10 GMT", None),
    ],
)
def test_retry_after_is_read_as_the_standard_has_it(value: str, seconds: float | None) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC)
    assert retry_after(Answer(429, "", {"retry-after": value}), now) == seconds


def test_a_date_without_a_zone_is_utc() -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC)
    value = format_datetime(now + timedelta(seconds=5)).replace("+0000", "-0000")
    assert retry_after(Answer(429, "", {"retry-after": value}), now) == 5.0


def test_a_host_is_asked_at_its_pace(services: Scholarly, clock: FakeClock) -> None:
    client = Client(clock=clock, paces={"127.0.0.1": Pace(0.5, 1)})
    for _ in range(5):
        client.get(handle(services))
    assert clock.time == pytest.approx(2.0)
    client.close()


def test_limits_that_a_host_announces_are_heeded(services: Scholarly, client: Client, clock: FakeClock) -> None:
    for _ in range(11):
        client.get(f"{services.url}/crossref/works/10.5555/a")
    # The reply grants 10 a second; the first request did not know yet.
    assert clock.time == pytest.approx(0.9, abs=0.11)


@pytest.mark.parametrize(("limit", "interval"), [("²", "1s"), ("9" * 5000, "1s"), ("10", "soon"), ("0", "1s")])
def test_limits_that_make_no_sense_are_passed_over(
    services: Scholarly, client: Client, clock: FakeClock, limit: str, interval: str
) -> None:
    services.announced = {"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Interval": interval}
    for _ in range(3):
        assert client.get(f"{services.url}/crossref/works/10.5555/a").ok
    assert clock.time == 0


def test_a_limit_never_makes_a_run_stand_still(services: Scholarly, client: Client, clock: FakeClock) -> None:
    services.announced = {"X-Rate-Limit-Limit": "1", "X-Rate-Limit-Interval": "999999999s"}
    for _ in range(3):
        client.get(f"{services.url}/crossref/works/10.5555/a")
    # The second request had its moment before the first reply came.
    assert clock.time == HURRIED.longest_pause


def test_no_more_requests_at_once_than_a_host_allows(services: Scholarly) -> None:
    under_way, most, lock = 0, 0, threading.Lock()
    original = services.reply

    def watched(method: str, target: str, headers: dict[str, str]) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        reply = original(method, target, headers)
        with lock:
            under_way -= 1
        return reply

    services.reply = watched  # type: ignore[method-assign]
    client = Client(paces={"127.0.0.1": Pace(0.0, 2)})
    threads = [threading.Thread(target=client.get, args=(handle(services),)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert asked(services) == 20
    assert most <= 2


def test_a_silent_host_is_left_alone(client: Client) -> None:
    closed = "http://127.0.0.1:9/x"
    for _ in range(3):
        with pytest.raises(CouldNotCheckError):
            client.get(closed)
    with pytest.raises(CouldNotCheckError, match="did not answer earlier"):
        client.get(closed)


def test_a_host_that_speaks_again_is_not_silent(services: Scholarly, client: Client) -> None:
    services.faults["10.5555/a"] = ("slow", 3)
    client.get(handle(services))
    services.faults["10.5555/a"] = ("slow", 3)
    client.get(handle(services))


def test_stopping_ends_waiting_at_once(services: Scholarly) -> None:
    services.faults["10.5555/a"] = ("429", FOREVER)
    client = Client(paces={"127.0.0.1": Pace(0.0, 1)})
    threading.Timer(0.2, client.stop).start()
    with no_hanging(), pytest.raises(CouldNotCheckError, match="stopped"):
        client.get(handle(services))  # would ask again and again, ever more slowly
    client.close()


def test_a_body_without_end_is_refused(services: Scholarly) -> None:
    services.faults["10.5555/a"] = ("long", FOREVER)
    client = Client(patience=Patience(max_bytes=1000), paces={"127.0.0.1": Pace(0.0, 1)})
    with pytest.raises(CouldNotCheckError, match="longer than 1000 bytes"):
        client.get(handle(services))
    client.close()


def test_a_body_that_only_drips_is_given_up(services: Scholarly) -> None:
    services.faults["10.5555/a"] = ("drip", FOREVER)
    patience = Patience(read=2.0, whole=0.3, attempts=1)
    client = Client(patience=patience, paces={"127.0.0.1": Pace(0.0, 1)})
    with no_hanging(), pytest.raises(CouldNotCheckError, match="no answer in time"):
        client.get(handle(services))  # never silent for 2 seconds, so the read time-out alone would wait it out
    client.close()


def test_packed_answers_are_unpacked(services: Scholarly, client: Client) -> None:
    services.faults["10.5555/a"] = ("gzip", 1)
    assert client.get(handle(services)).json() == {"responseCode": 1}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/x", "javascript:alert(1)", "//x", ""])
def test_only_web_addresses_are_asked(client: Client, address: str) -> None:
    with pytest.raises(CouldNotCheckError, match="not a web address"):
        client.get(address)


def test_an_unusable_address_is_no_answer(client: Client) -> None:
    with pytest.raises(CouldNotCheckError):
        client.get("http://exa mple..org:99999/x")


def test_the_agent_names_who_asks() -> None:
    assert user_agent("") == "livingreview/1"
    assert user_agent("editor@review.example") == "livingreview/1 (mailto:editor@review.example)"
