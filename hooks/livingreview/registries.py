"""Trial registries: how their numbers are written and where a number leads.

In goes a registry number or a text that may hold some; out comes which registry
it belongs to, its public page, or nothing. Only the form is known here: a check
digit is verified for no registry, because none publishes an algorithm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry: the form of its numbers, and the address of a number's page where it follows from the number."""

    id: str
    name: str
    form: str
    example: str
    address: str = ""


#: Known registries. The first whose form fits a number is its registry.
REGISTRIES: tuple[Registry, ...] = (
    Registry("NCT", "ClinicalTrials.gov", r"NCT[0-9]{8}", "NCT01234567", "https://clinicaltrials.gov/study/{}"),
    Registry("CTRI", "Clinical Trials Registry – India", r"CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}", "CTRI/2018/06/014436"),
    Registry("IRCT", "Iranian Registry of Clinical Trials", r"IRCT[0-9]{8,14}N[0-9]{1,3}", "IRCT20211021052828N2"),
    Registry(
        "CTIS", "EU Clinical Trials Information System", r"20[0-9]{2}-5[0-9]{5}-[0-9]{2}-[0-9]{2}", "2023-501234-12-00"
    ),
    Registry(
        "EudraCT",
        "EU Clinical Trials Register",
        r"(?:19|20)[0-9]{2}-[0-9]{6}-[0-9]{2}",
        "2015-005532-18",
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
    ),
    Registry(
        "ChiCTR", "Chinese Clinical Trial Registry", r"ChiCTR(?:[0-9]{10}|-[A-Z]{3,6}-[0-9]{8})", "ChiCTR2200055885"
    ),
    Registry("ISRCTN", "ISRCTN registry", r"ISRCTN[0-9]{8}", "ISRCTN12345678", "https://www.isrctn.com/{}"),
    Registry(
        "jRCT",
        "Japan Registry of Clinical Trials",
        r"jRCT(?:[0-9]{10}|[a-z][0-9]{9})",
        "jRCTb040190118",
        "https://jrct.mhlw.go.jp/en-latest-detail/{}",
    ),
    Registry("KCT", "Clinical Research Information Service (Korea)", r"KCT[0-9]{7}", "KCT0006001"),
    Registry(
        "NTR",
        "Dutch trial registers",
        r"NTR[0-9]{1,5}|NL-OMON[0-9]{1,6}|NL[0-9]{5}\.[0-9]{3}\.[0-9]{2}|NL[0-9]{1,5}",
        "NL59038.000.16",
    ),
)

#: Registries a trial file may name, for numbers of a form not listed above.
OTHER = "other"

_FULL = {registry.id: re.compile(f"(?:{registry.form})\\Z") for registry in REGISTRIES}
_IN_TEXT = re.compile(
    r"(?<![\w/-])(?:"
    + "|".join(f"(?P<{registry.id}>{registry.form})" for registry in REGISTRIES)
    + r")(?![\w]|[/-]\w)",
    re.ASCII,
)


def registry_of(number: str) -> Registry | None:
    """Return the registry whose numbers have this form, or nothing."""
    return next((registry for registry in REGISTRIES if _FULL[registry.id].match(number)), None)


def registry_name(number: str) -> str:
    """Return the name of the registry a number belongs to, or an empty text."""
    registry = registry_of(number)
    return registry.name if registry else ""


def registry_url(number: str) -> str:
    """Return the address of a number's own page at its registry, or an empty text where it cannot be derived."""
    registry = registry_of(number)
    return registry.address.format(number) if registry else ""


def find_registry_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yield offset and number of every registry number in a text, in order."""
    for match in _IN_TEXT.finditer(text):
        yield match.start(), match.group()
