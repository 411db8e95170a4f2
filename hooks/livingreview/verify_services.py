"""What each public service says of one identifier.

In go a :class:`~livingreview.http_client.Client` and identifiers; out come
:class:`Result` records: what the service answered, in this project's words. A
service that does not answer, or not as it documents, raises
:class:`~livingreview.http_client.CouldNotCheckError`, which is no result.

Asked are: the DOI proxy (handle record and registration agency, DOI Handbook,
"DOI REST API" and "Which RA?"), Crossref's REST API (``updated-by`` and
``update-to`` carry publishers' notices and Retraction Watch), DataCite's REST API, NCBI's
E-utilities (``esummary``, whose missing records come with status 200), and
ClinicalTrials.gov's API v2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from livingreview.http_client import Answer, Client, CouldNotCheckError, Pace

#: Agencies whose metadata can be read openly; of all others only resolution is checked.
CROSSREF, DATACITE = "Crossref", "DataCite"

#: Records that NCBI returns for one question; it asks to bundle them.
PMIDS_AT_ONCE = 100

#: Values of a handle record that the DOI proxy follows: an address, several of them, another handle.
_FOLLOWED = frozenset({"URL", "10320/loc", "HS_ALIAS"})

NCT_FORM = re.compile(r"NCT\d{8}\Z")

_RETRACTED = {"retraction", "partial_retraction", "withdrawal", "removal", "retraction_in", "retracted_publication"}
_CONCERN = {"expression_of_concern", "expression_of_concern_in"}
_REINSTATED = "reinstatement"
_PUBMED_NOTICES = re.compile(
    r"(retraction|erratum|expression of concern|corrected and republished|republished) in\b", re.I
)
_TITLE_MARK = re.compile(
    r"\W*(?:retracted|withdrawn|removed)\b(?:\s+article)?\s*[:\-–—]|\[(?:retracted|withdrawn|removed)\b[^\]]*\]", re.I
)
_CONTROLS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_YEAR = re.compile(r"(?:19|20)\d\d")
_TAGS = re.compile(r"</?[A-Za-z][^<>]*>")


class Kind(Enum):
    """What an identifier identifies, and so which service is asked."""

    DOI = "doi"
    PMID = "pmid"
    REGISTRY = "registry"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to ask about. ``key`` names the work it belongs to, where it belongs to one."""

    kind: Kind
    id: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on a work, as registered: what it is, who says so, where and when it appeared."""

    type: str
    source: str
    doi: str = ""
    pmid: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """An answer. ``status`` is verified, not-covered, not-found, alive or dead; ``facts`` are as registered."""

    target: Target
    status: str
    date: str
    read_at: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    notices: tuple[Notice, ...] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer: nothing is known now that was not known before."""

    target: Target
    reason: str


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are."""

    doi: str = "https://doi.org"
    crossref: str = "https://api.crossref.org"
    datacite: str = "https://api.datacite.org"
    pubmed: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    trials: str = "https://clinicaltrials.gov"

    def paces(self, contact: str) -> dict[str, Pace]:
        """How often each service may be asked, a little below what it publishes.

        Crossref: 5 a second and one at once for strangers, 10 and three for those
        who say who they are; DataCite: 500 or 1,000 in five minutes; NCBI: 3 a
        second; ClinicalTrials.gov: about 50 a minute. The DOI proxy publishes none.
        """
        known = bool(contact)
        return {
            urlsplit(self.doi).netloc: Pace(0.1, 4),
            urlsplit(self.crossref).netloc: Pace(0.12, 3) if known else Pace(0.25, 1),
            urlsplit(self.datacite).netloc: Pace(0.35, 2) if known else Pace(0.7, 1),
            urlsplit(self.pubmed).netloc: Pace(0.4, 1),
            urlsplit(self.trials).netloc: Pace(1.3, 1),
        }


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who asks, where and when: the client, the services, the day's date (ISO 8601), an e-mail address or ``""``."""

    client: Client
    services: Services
    date: str
    contact: str = ""

    def get(self, service: str, path: str, accept: str = "application/json") -> Answer:
        """Ask one of the services, named as in :class:`Services`."""
        return self.client.get(f"{getattr(self.services, service)}{path}", accept=accept)


def ask_doi(inquiry: Inquiry, target: Target) -> Result:
    """Ask whether a DOI resolves, who registered it, and what is registered."""
    name, whole = quote(target.id, safe="/"), quote(target.id, safe="")
    if not _resolves(inquiry.get("doi", f"/api/handles/{name}")):
        return Result(target, "not-found", inquiry.date, "doi.org")
    agency = _agency(inquiry.get("doi", f"/doiRA/{name}").json())
    if agency == CROSSREF:
        return _registered(target, inquiry.date, agency, inquiry.get("crossref", f"/works/{whole}"))
    if agency == DATACITE:
        answer = inquiry.get("datacite", f"/dois/{whole}", "application/vnd.api+json")
        return _registered(target, inquiry.date, agency, answer)
    return Result(target, "not-covered", inquiry.date, "doi.org", {"agency": agency} if agency else {})


def _resolves(answer: Answer) -> bool:
    """Read a handle record: code 1 is a record, 100 (with 404) none; anything else is no answer."""
    if not answer.ok and answer.status != HTTPStatus.NOT_FOUND:
        raise CouldNotCheckError(f"doi.org answered {answer.status}")
    record = answer.json()
    code = record.get("responseCode") if isinstance(record, dict) else None
    if code == 1:
        return any(isinstance(v, dict) and one_line(v.get("type")) in _FOLLOWED for v in _items(record.get("values")))
    if code in (100, 200):
        return False
    raise CouldNotCheckError(f"doi.org answered with code {code}")


def _agency(records: Any) -> str:
    """Return the registration agency, ``""`` where doi.org does not know it."""
    record = next(iter(_items(records)), None)
    if not isinstance(record, dict):
        raise CouldNotCheckError("doi.org did not name the registration agency")
    if record.get("status") == "DOI does not exist":
        raise CouldNotCheckError("doi.org resolves this DOI and denies it at once")
    return one_line(record.get("RA"))


def _registered(target: Target, date: str, agency: str, answer: Answer) -> Result:
    """Turn an agency's answer into a result; an agency without the record covers nothing."""
    read_at = f"doi.org; {agency}"
    if answer.gone:
        return Result(target, "not-covered", date, read_at, {"agency": agency})
    if not answer.ok:
        raise CouldNotCheckError(f"{agency} answered {answer.status}")
    read, wrapper = (_crossref_facts, "message") if agency == CROSSREF else (_datacite_facts, "data")
    data = answer.json()
    record = data.get(wrapper) if isinstance(data, dict) else None
    facts, notices = read(record) if isinstance(record, dict) else ({}, ())
    if not facts.get("title"):
        raise CouldNotCheckError(f"{agency} answered without a title")
    if str(facts.get("registered-as")).casefold() == target.id.casefold():
        facts = {name: value for name, value in facts.items() if name != "registered-as"}
    return Result(target, "verified", date, read_at, {"agency": agency, **_known(facts)}, notices)


def _crossref_facts(record: dict[str, Any]) -> tuple[dict[str, str | int], tuple[Notice, ...]]:
    """Read a Crossref work: title, journal, years (print and online may differ), notices."""
    year = _year(record.get("issued")) or _year(record.get("published"))
    facts: dict[str, str | int] = {
        "title": _title(record),
        "journal": _first(record.get("container-title")),
        "journal-short": _first(record.get("short-container-title")),
        "year": year,
        "registered-as": one_line(record.get("DOI")),
    }
    for where in ("print", "online"):
        other = _year(record.get(f"published-{where}"))
        if other and other != year:
            facts[f"year-{where}"] = other
    if facts["journal-short"] == facts["journal"]:
        del facts["journal-short"]
    notices = tuple(_crossref_notices(record))
    if not any(_severity(notice) == "retracted" for notice in notices) and _TITLE_MARK.match(str(facts["title"])):
        notices = (*notices, Notice("retraction", "title"))
    return facts, notices


def _title(record: dict[str, Any]) -> str:
    """Join title and subtitle as a title page would."""
    title, subtitle = _first(record.get("title")), _first(record.get("subtitle"))
    return f"{title}: {subtitle}" if title and subtitle and subtitle not in title else title


def _crossref_notices(record: dict[str, Any]) -> Iterator[Notice]:
    """Yield each notice once; a publisher's and Retraction Watch's record of it are two.

    ``updated-by`` holds notices on the work. ``update-to`` holds what the record is itself
    a notice on: another work, or, where a publisher changed the work in place, this one.
    """
    own = _doi_of(record)
    on_itself = [entry for entry in _entries(record, "update-to") if own and _doi_of(entry) == own]
    seen = set()
    for entry in (*_entries(record, "updated-by"), *on_itself):
        notice = Notice(
            _slug(entry.get("type") or entry.get("label")) or "notice",
            one_line(entry.get("source")) or "publisher",
            _doi_of(entry),
            date=_date(entry.get("updated")),
        )
        if notice not in seen:
            seen.add(notice)
            yield notice


def _entries(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry for entry in _items(record.get(name)) if isinstance(entry, dict)]


def _doi_of(record: dict[str, Any]) -> str:
    return one_line(record.get("DOI")).lower()


def _datacite_facts(record: dict[str, Any]) -> tuple[dict[str, str | int], tuple[Notice, ...]]:
    """Read a DataCite DOI. DataCite has no vocabulary for retractions: a marked title is all there is."""
    found = record.get("attributes")
    attributes: dict[str, Any] = found if isinstance(found, dict) else {}
    titles = [item for item in _items(attributes.get("titles")) if isinstance(item, dict)]
    main = next((item for item in titles if not item.get("titleType")), titles[0] if titles else {})
    container, publisher = attributes.get("container"), attributes.get("publisher")
    held_in = one_line(container.get("title")) if isinstance(container, dict) else ""
    publisher = publisher.get("name") if isinstance(publisher, dict) else publisher
    year = attributes.get("publicationYear")
    facts: dict[str, str | int] = {
        "title": _plain(main.get("title")),
        "journal": held_in or one_line(publisher),
        "year": year if isinstance(year, int) else 0,
        "registered-as": one_line(attributes.get("doi")),
    }
    marked = _TITLE_MARK.match(str(facts["title"]))
    return facts, (Notice("retraction", "title"),) if marked else ()


def ask_pmids(inquiry: Inquiry, targets: Sequence[Target]) -> Iterator[Result | Failure]:
    """Ask PubMed about up to :data:`PMIDS_AT_ONCE` records at once."""
    query = {"db": "pubmed", "retmode": "json", "id": ",".join(t.id for t in targets), "tool": "livingreview"}
    if inquiry.contact:
        query["email"] = inquiry.contact
    answer = inquiry.get("pubmed", f"/esummary.fcgi?{urlencode(query, safe=',')}")
    data = answer.json() if answer.ok else None
    found = data.get("result") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        raise CouldNotCheckError(f"PubMed answered {answer.status} without summaries")
    for target in targets:
        record = found.get(target.id)
        if not isinstance(record, dict):
            yield Failure(target, "PubMed left this record out of its answer")
        elif "error" in record:
            yield Result(target, "not-found", inquiry.date, "PubMed")
        else:
            facts = _known(_pubmed_facts(record))
            yield Result(target, "verified", inquiry.date, "PubMed", facts, tuple(_pubmed_notices(record)))


def _pubmed_facts(record: dict[str, Any]) -> dict[str, str | int]:
    years = [int(found[0]) for name in ("pubdate", "epubdate") if (found := _YEAR.search(one_line(record.get(name))))]
    ids = _entries(record, "articleids")
    return {
        "title": _plain(record.get("title")).rstrip("."),
        "journal": one_line(record.get("fulljournalname")),
        "journal-short": one_line(record.get("source")),
        "year": years[0] if years else 0,
        "year-online": years[-1] if years and years[-1] != years[0] else 0,
        "doi": next((one_line(entry.get("value")) for entry in ids if entry.get("idtype") == "doi"), ""),
    }


def _pubmed_notices(record: dict[str, Any]) -> Iterator[Notice]:
    """Yield PubMed's notices: links such as "Retraction in", and the publication type of a retracted work."""
    linked = False
    for entry in _items(record.get("references")):
        kind = one_line(entry.get("reftype")) if isinstance(entry, dict) else ""
        if match := _PUBMED_NOTICES.match(kind):
            notice = Notice(_slug(match[1]), "pubmed", pmid=one_line(entry.get("pmid")))
            linked = linked or _severity(notice) == "retracted"
            yield notice
    types = {one_line(kind).casefold() for kind in _items(record.get("pubtype"))}
    if "retracted publication" in types and not linked:
        yield Notice("retraction", "pubmed")


def ask_registry(inquiry: Inquiry, target: Target) -> Result:
    """Ask ClinicalTrials.gov about one trial; other registries have no open interface."""
    study = fetch_study(inquiry, target.id)
    if study is None:
        return Result(target, "not-found", inquiry.date, "ClinicalTrials.gov")
    return read_study(study, target, inquiry.date)


def read_study(study: Any, target: Target, date: str) -> Result:
    """Return what a registry record says of where the trial stands."""
    identification = section(study, "identificationModule")
    status = section(study, "statusModule")
    number = one_line(identification.get("nctId"))
    if not number or not status.get("overallStatus"):
        raise CouldNotCheckError("ClinicalTrials.gov answered without a study")
    posted = one_line(section(status, None, "resultsFirstPostDateStruct").get("date"))
    facts: dict[str, str | int] = {
        "title": _plain(identification.get("officialTitle") or identification.get("briefTitle")),
        "overall-status": one_line(status.get("overallStatus")),
        "results-posted": posted or ("yes" if study.get("hasResults") is True else "no"),
        "updated": one_line(section(status, None, "lastUpdatePostDateStruct").get("date")),
    }
    if number != target.id:
        facts["registered-as"] = number
    return Result(target, "verified", date, "ClinicalTrials.gov", _known(facts))


def fetch_study(inquiry: Inquiry, number: str) -> Any:
    """Return the record of a trial at ClinicalTrials.gov, ``None`` where the registry knows none."""
    answer = inquiry.get("trials", f"/api/v2/studies/{number}?format=json")
    if answer.gone:
        return None
    if not answer.ok:
        raise CouldNotCheckError(f"ClinicalTrials.gov answered {answer.status}")
    return answer.json()


def fetch_work(inquiry: Inquiry, doi: str) -> Any:
    """Return the CSL record of a work by content negotiation, ``None`` where doi.org knows no such DOI."""
    answer = inquiry.get("doi", f"/{quote(doi, safe='/')}", "application/vnd.citationstyles.csl+json")
    if answer.gone:
        return None
    if not answer.ok:
        raise CouldNotCheckError(f"doi.org answered {answer.status}")
    return answer.json()


def section(study: Any, module: str | None, within: str = "protocolSection") -> dict[str, Any]:
    """Return one part of a registry record, empty where it is missing or not a mapping."""
    outer = study.get(within) if isinstance(study, dict) else None
    inner = outer.get(module) if module is not None and isinstance(outer, dict) else outer
    return inner if isinstance(inner, dict) else {}


def ask_link(inquiry: Inquiry, target: Target) -> Result:
    """Ask whether an address still answers: HEAD first, GET where the server will not do that."""
    host = urlsplit(target.id).netloc
    try:
        answer = inquiry.client.head(target.id)
    except CouldNotCheckError:
        answer = Answer(HTTPStatus.METHOD_NOT_ALLOWED, target.id)
    if not answer.ok:
        answer = inquiry.client.touch(target.id)
    if answer.ok:
        return Result(target, "alive", inquiry.date, host)
    if answer.gone:
        return Result(target, "dead", inquiry.date, host)
    raise CouldNotCheckError(f"{host} answered {answer.status}")


def notice_status(notices: Iterable[Notice]) -> str:
    """Return the gravest state that the notices leave a work in.

    A work that was reinstated after its retraction counts as corrected.
    """
    found = list(notices)
    states = {_severity(notice) for notice in found}
    reinstated = max((n.date for n in found if n.type == _REINSTATED), default="")
    if reinstated and all(n.date <= reinstated for n in found if _severity(n) == "retracted"):
        states = (states - {"retracted"}) | {"corrected"}
    return next((state for state in ("retracted", "concern", "corrected") if state in states), "none-found")


def _severity(notice: Notice) -> str:
    """Return what one notice makes of a work; a type nobody knows yet counts as a correction, never as nothing."""
    if notice.type in _RETRACTED:
        return "retracted"
    return "concern" if notice.type in _CONCERN else "corrected"


def _known(facts: Mapping[str, str | int]) -> dict[str, str | int]:
    return {name: value for name, value in facts.items() if value}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def one_line(value: Any) -> str:
    """Return a text or number from outside on one line, without characters that control how text is shown."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    visible = (sign if unicodedata.category(sign) not in _CONTROLS else " " for sign in str(value))
    return " ".join("".join(visible).split())


def _plain(value: Any) -> str:
    """Return text without the markup that publishers deposit (``<i>``, ``<sup>`` …)."""
    return one_line(_TAGS.sub("", value)) if isinstance(value, str) else ""


def _first(value: Any) -> str:
    return _plain(next(iter(_items(value)), ""))


def _slug(value: Any) -> str:
    return re.sub(r"[\s-]+", "_", one_line(value).lower())


def _parts(value: Any) -> list[int]:
    """Return year, month, day as far as a ``date-parts`` structure has them."""
    nested = _items(value.get("date-parts")) if isinstance(value, dict) else []
    return [part for part in _items(nested[0] if nested else None) if isinstance(part, int)]


def _year(value: Any) -> int:
    return next(iter(_parts(value)), 0)


def _date(value: Any) -> str:
    parts = _parts(value)
    return "-".join([f"{parts[0]:04d}", *(f"{part:02d}" for part in parts[1:3])]) if parts else ""
