"""The public services as they document themselves, on loopback, with every way of misbehaving.

One small asyncio server answers for all of them under prefixes: ``/doi`` (handle
records, registration agencies, content negotiation), ``/crossref``, ``/datacite``,
``/pubmed``, ``/trials``. A request in absolute form (a proxy's) is a link, looked
up in ``links``. What goes wrong, and how often, is planned in ``faults``.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

#: Faults that end after a while, and what they are.
FAULTS = (
    "404-html",
    "410",
    "429",
    "429-date",
    "429-long",
    "500",
    "503",
    "redirect-loop",
    "redirect-chain",
    "malformed",
    "truncated",
    "slow",
    "wrong-type",
    "reset",
    "bad-gzip",
    "empty",
)

FOREVER = 10**9

JSON = "application/json;charset=utf-8"


@dataclass
class Work:
    """A work as its agency registered it."""

    agency: str = "Crossref"
    title: str = "A trial of something"
    journal: str = "Journal of Things"
    short: str = "J Things"
    year: int = 2020
    updated_by: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    csl: dict[str, Any] = field(default_factory=dict)
    leads: str = "URL"


@dataclass
class Reply:
    """What is sent: status, headers, body, and whether the wire misbehaves."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wire: str = ""


def as_json(data: Any, status: int = 200, kind: str = JSON) -> Reply:
    """Return a JSON reply."""
    return Reply(status, json.dumps(data, ensure_ascii=False).encode(), {"Content-Type": kind})


def bare(name: str) -> str:
    """Return the identifier at the end of a path."""
    for prefix in ("api/handles/", "doiRA/", "works/", "dois/", "api/v2/studies/"):
        name = name.removeprefix(prefix)
    return name


def study(number: str, status: str = "RECRUITING", updated: str = "2026-01-05", **extra: Any) -> dict[str, Any]:
    """Return a registry record as API v2 has it, without results unless ``extra`` says so."""
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": number,
                "briefTitle": "Cells for legs",
                "officialTitle": "A Study of Cells",
            },
            "statusModule": {
                "overallStatus": status,
                "lastUpdatePostDateStruct": {"date": updated, "type": "ACTUAL"},
                **extra.pop("dates", {}),
            },
            **extra.pop("modules", {}),
        },
        "hasResults": False,
        **extra,
    }


@dataclass
class Scholarly:
    """All services at once.

    ``faults`` maps an identifier, or ``service:identifier``, to a fault and how many
    times it strikes.
    """

    works: dict[str, Work] = field(default_factory=dict)
    pmids: dict[str, dict[str, Any]] = field(default_factory=dict)
    studies: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, tuple[str, int]] = field(default_factory=dict)
    silence: float = 2.0
    grants: int = 10
    announced: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    queries: list[str] = field(default_factory=list)
    url: str = ""

    # -- what the services say -------------------------------------------------------

    def reply(self, method: str, target: str, headers: dict[str, str]) -> Reply:
        """Answer one request."""
        self.agents.add(headers.get("user-agent", ""))
        if "://" in target:
            self.asked[f"link {target}"] += 1
            return self.link(method, target)
        parts = urlsplit(target)
        _, service, *rest = parts.path.split("/")
        name = unquote("/".join(rest))
        self.asked[f"{service} {name}"] += 1
        self.queries.append(target)
        for planned in (f"{service}:{bare(name)}", bare(name)):
            fault, times = self.faults.get(planned, ("", 0))
            if times > 0:
                self.faults[planned] = (fault, times - 1)
                return self.misbehave(fault, target)
        answer = getattr(self, f"on_{service}", None)
        return answer(name, parts.query, headers) if answer else Reply(404)

    def on_doi(self, name: str, _query: str, headers: dict[str, str]) -> Reply:
        """The DOI proxy: handle records, agencies, content negotiation."""
        if name.startswith("api/handles/"):
            return self.handle(bare(name))
        if name.startswith("doiRA/"):
            return self.agency(bare(name))
        if name not in self.works:
            return Reply(404, b"<html>DOI Not Found</html>", {"Content-Type": "text/html"})
        if "csl+json" not in headers.get("accept", ""):
            return Reply(302, headers={"Location": f"https://publisher.example/{name}"})
        work = self.works[name]
        csl = {"type": "article-journal", "DOI": name, "title": work.title, "container-title": work.journal}
        csl |= {"issued": {"date-parts": [[work.year, 3]]}, **work.csl}
        return as_json(csl, kind="application/vnd.citationstyles.csl+json")

    def handle(self, doi: str) -> Reply:
        """A handle record: code 1, or 100 with status 404."""
        if doi not in self.works:
            return as_json({"responseCode": 100, "handle": doi}, 404)
        value = {"format": "string", "value": f"https://publisher.example/{doi}"}
        values = [
            {
                "index": 1,
                "type": self.works[doi].leads,
                "data": value,
                "ttl": 86400,
                "timestamp": "2020-01-01T00:00:00Z",
            },
            {"index": 100, "type": "HS_ADMIN", "data": {"format": "admin", "value": {}}, "ttl": 86400},
        ]
        return as_json({"responseCode": 1, "handle": doi, "values": values})

    def agency(self, doi: str) -> Reply:
        """The answer of "Which RA?": always status 200."""
        if doi not in self.works:
            return as_json([{"DOI": doi, "status": "DOI does not exist"}])
        agency = self.works[doi].agency
        return as_json([{"DOI": doi, "RA": agency} if agency else {"DOI": doi, "status": "Unknown"}])

    def on_crossref(self, name: str, _query: str, _headers: dict[str, str]) -> Reply:
        """Crossref's REST API: one work."""
        doi = name.removeprefix("works/")
        if doi not in self.works:
            return Reply(404, b"Resource not found.", {"Content-Type": "text/plain"})
        work = self.works[doi]
        message = {
            "DOI": doi.lower(),
            "type": "journal-article",
            "title": [work.title],
            "container-title": [work.journal],
            "short-container-title": [work.short],
            "issued": {"date-parts": [[work.year, 3, 1]]},
            **({"updated-by": work.updated_by} if work.updated_by else {}),
            **work.extra,
        }
        reply = as_json({"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": message})
        reply.headers |= self.announced or {"X-Rate-Limit-Limit": str(self.grants), "X-Rate-Limit-Interval": "1s"}
        return reply

    def on_datacite(self, name: str, _query: str, _headers: dict[str, str]) -> Reply:
        """DataCite's REST API: one DOI."""
        doi = name.removeprefix("dois/")
        if doi not in self.works:
            return as_json({"errors": [{"status": "404", "title": "Not found"}]}, 404)
        work = self.works[doi]
        attributes = {
            "doi": doi.lower(),
            "titles": [{"title": "Übersetzt", "titleType": "TranslatedTitle"}, {"title": work.title}],
            "publisher": work.journal,
            "container": {},
            "publicationYear": work.year,
            "state": "findable",
            **work.extra,
        }
        data = {"id": doi.lower(), "type": "dois", "attributes": attributes}
        return as_json({"data": data}, kind="application/vnd.api+json; charset=utf-8")

    def on_pubmed(self, _name: str, query: str, _headers: dict[str, str]) -> Reply:
        """NCBI's esummary: records that do not exist come with status 200."""
        ids = parse_qs(query)["id"][0].split(",")
        missing = {"error": "cannot get document summary"}
        found = {number: {"uid": number, **self.pmids.get(number, missing)} for number in ids}
        header = {"type": "esummary", "version": "0.3"}
        return as_json({"header": header, "result": {"uids": ids, **found}})

    def on_trials(self, name: str, _query: str, _headers: dict[str, str]) -> Reply:
        """ClinicalTrials.gov's API v2: one study."""
        study = self.studies.get(bare(name))
        if study is None:
            return Reply(404, f"NCT number {bare(name)} not found".encode(), {"Content-Type": "text/plain"})
        return as_json(study)

    def link(self, _method: str, target: str) -> Reply:
        """A plain page."""
        status = self.links.get(target, 404)
        if isinstance(status, str):
            return Reply(301, headers={"Location": status})
        if status == 405 and _method != "HEAD":
            status = 200
        return Reply(status, b"<p>page</p>", {"Content-Type": "text/html"})

    # -- how they misbehave ------------------------------------------------------------

    def misbehave(self, fault: str, target: str) -> Reply:
        """Return what goes wrong."""
        soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
        ready = {
            "404-html": Reply(404, b"<html>no such page</html>", {"Content-Type": "text/html"}),
            "410": Reply(410, b"gone", {"Content-Type": "text/plain"}),
            "429": Reply(429, b"slow down", {"Retry-After": "7"}),
            "429-date": Reply(429, b"slow down", {"Retry-After": soon}),
            "429-long": Reply(429, b"come back tomorrow", {"Retry-After": "86400"}),
            "500": Reply(500, b'{"responseCode": 2}', {"Content-Type": JSON}),
            "503": Reply(503, b"busy"),
            "redirect-loop": Reply(302, headers={"Location": target}),
            "redirect-chain": Reply(302, headers={"Location": f"{target}{'&' if '?' in target else '?'}again"}),
            "malformed": Reply(200, b'{"responseCode": 1, ', {"Content-Type": JSON}),
            "truncated": Reply(200, b'{"responseCode": 1}', {"Content-Type": JSON}, wire="truncated"),
            "slow": Reply(wire="slow"),
            "wrong-type": Reply(200, b"<html>Please enable JavaScript</html>", {"Content-Type": "text/html"}),
            "reset": Reply(wire="reset"),
            "drip": Reply(200, b'{"responseCode": 1}', {"Content-Type": JSON}, wire="drip"),
            "redirect-nowhere": Reply(302, headers={"Location": "http://[no-host/"}),
            "bad-gzip": Reply(200, b"not gzip at all", {"Content-Type": JSON, "Content-Encoding": "gzip"}),
            "empty": Reply(200, b"", {"Content-Type": JSON}),
            "long": Reply(200, b'"' + b"x" * 100_000 + b'"', {"Content-Type": JSON}),
            "gzip": Reply(
                200, gzip.compress(b'{"responseCode": 1}'), {"Content-Type": JSON, "Content-Encoding": "gzip"}
            ),
        }
        return ready[fault]

    # -- the wire ------------------------------------------------------------------------

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak HTTP/1.1 on one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
                reply = self.reply(method, target, headers)
                if reply.wire == "slow":
                    await asyncio.sleep(self.silence)
                if reply.wire in ("slow", "reset"):
                    break
                length = len(reply.body) + (500 if reply.wire in ("truncated", "drip") else 0)
                rows = [f"HTTP/1.1 {reply.status} Whatever", f"Content-Length: {length}"]
                rows += [f"{name}: {value}" for name, value in reply.headers.items()]
                body = b"" if method == "HEAD" else reply.body
                writer.write("\r\n".join(rows).encode("latin-1") + b"\r\n\r\n" + body)
                await writer.drain()
                if reply.wire == "truncated":
                    break
                if reply.wire == "drip":
                    await self.drip(writer)
                    break
        writer.close()

    async def drip(self, writer: asyncio.StreamWriter) -> None:
        """Send a byte now and then, never silent for long enough to be given up as silent."""
        for _ in range(500):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)


@contextlib.contextmanager
def serving(state: Scholarly) -> Iterator[Scholarly]:
    """Run the services in a thread of this process; ``state.url`` is where they are."""
    loop = asyncio.new_event_loop()
    # The loop runs in its own thread from the start: this one may already run a browser's loop.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.start_server(state.serve, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(timeout=30)
    state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield state
    finally:
        loop.call_soon_threadsafe(_end, loop, server)
        thread.join()
        loop.close()


def _end(loop: asyncio.AbstractEventLoop, server: asyncio.AbstractServer) -> None:
    async def end() -> None:
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        loop.stop()

    ending = loop.create_task(end())
    ending.add_done_callback(lambda _: None)
