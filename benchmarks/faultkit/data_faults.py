"""Faults in the data: bibliography, verification, trials, claims, terms, addresses, configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

from faultkit.page_faults import _misspelt, _other_digit, _swapped
from faultkit.spots import Edit, Fault, Place, Source, Spot, kind, together
from livingreview.addresses import split
from livingreview.claims import CLAIMS_FILE
from livingreview.glossary import GLOSSARY_FILE
from livingreview.loading import BIBLIOGRAPHY_FILE, REDIRECTS_FILE, REGISTER_FILE
from livingreview.siteconfig import CONFIG_FILE
from livingreview.verified import LEDGER_FILE
from livingreview.vocabulary import VOCABULARY_FILE
from livingreview.work import WORK_FILE

_BIB_ENTRY = r"^@\w+\{"
_CLAIM_ENTRY = r"^- id: "
_MARKS = re.compile(r"[-/._\d]")


def _field(source: Source, name: str) -> Iterator[Spot]:
    """Yield the value of one field of every entry of the bibliography."""
    yield from source.lines(BIBLIOGRAPHY_FILE, rf"^  {name}\s*= \{{(.*)\}},$")


def _key_of(source: Source, spot: Spot) -> str:
    """Return the key of the bibliography's entry around a spot."""
    entry = source.entry(BIBLIOGRAPHY_FILE, spot, _BIB_ENTRY)
    return entry.text.partition("{")[2].partition(",")[0]


def _dropped_line(source: Source, spot: Spot) -> Fault:
    """Return the fault of losing the line a spot is on; it is seen on the line before or after."""
    start, end = source.offset(spot.path, spot.place.first), source.offset(spot.path, spot.place.first + 1)
    return Fault((Edit(spot.path, start, end, ""),), (Place(spot.path, spot.place.first - 1, spot.place.first),))


def _each(spots: Iterator[Spot], change: Callable[[str], str | None]) -> Iterator[Fault]:
    for spot in spots:
        new = change(spot.text)
        if new is not None and new != spot.text:
            yield spot.replaced(new)


# -- identifiers ---------------------------------------------------------------------------


def _digit_at_end(text: str) -> str | None:
    match = re.search(r"\d(?=\D*$)", text)
    return text[: match.start()] + str((int(match[0]) + 3) % 10) + text[match.end() :] if match else None


@kind("doi-digit", "identifiers", "DOI 改一位数字", "a digit of a DOI changed")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "doi"), _digit_at_end)


@kind("doi-swapped", "identifiers", "DOI 相邻两位数字对调", "two digits of a DOI exchanged")
def _(source: Source) -> Iterator[Fault]:
    for doi in _field(source, "doi"):
        prefix, slash, suffix = doi.text.partition("/")
        swapped = _swapped(suffix)
        if swapped:
            yield doi.replaced(prefix + slash + swapped)


@kind("doi-prefix", "identifiers", "DOI 的前缀改动", "the prefix of a DOI changed")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "doi"), lambda doi: doi.replace("10.", "11.", 1))


@kind("doi-address", "identifiers", "DOI 写成网址", "a DOI written as an address")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "doi"), lambda doi: f"https://doi.org/{doi}")


@kind("doi-dot", "identifiers", "DOI 末尾多一个句点", "a full stop after a DOI")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "doi"), lambda doi: f"{doi}.")


@kind("doi-other", "identifiers", "DOI 换成另一文献的", "another work's DOI")
def _(source: Source) -> Iterator[Fault]:
    found = list(_field(source, "doi"))
    for one, two in zip(found, [*found[1:], found[0]], strict=True):
        yield Fault((one.edit(two.text),), (one.place, two.place))


@kind("doi-unrecorded", "identifiers", "DOI 没有核实记录", "the record of a DOI's verification removed")
def _(source: Source) -> Iterator[Fault]:
    for doi in source.lines(LEDGER_FILE, r"^    doi:\n      id: (\S+)"):
        entry = source.entry(LEDGER_FILE, doi, r"^  \S+:$")
        start, end = re.search(r"^    doi:\n(?:      .*\n)*", entry.text, re.MULTILINE).span()  # type: ignore[union-attr]
        yield Fault((Edit(LEDGER_FILE, entry.start + start, entry.start + end, ""),), (), (doi.text.strip('"'),))


@kind("pmid-digit", "identifiers", "PMID 改一位数字", "a digit of a PubMed number changed")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "pmid"), _other_digit)


@kind("pmid-letter", "identifiers", "PMID 中混入字母", "a letter in a PubMed number")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "pmid"), lambda pmid: pmid.replace(pmid[-1], "O", 1))


def _registry_ids(source: Source) -> Iterator[Spot]:
    for spot in source.trial_lines(r"^  - id: \"?([A-Za-z0-9/-]+)\"?$"):
        text = source.text(spot.path)
        if text.rfind("\nregistry:", 0, spot.start) > max(
            text.rfind(f"\n{n}:", 0, spot.start) for n in ("arms", "outcomes")
        ):
            yield spot


def _of_no_register(source: Source, spot: Spot) -> bool:
    """Whether a number is of no register known by its form, such as an ethics committee's: nothing can be compared."""
    return source.text(spot.path)[spot.end :].lstrip('"\n').startswith("    register: other")


@kind("registry-digit", "identifiers", "试验注册号改一位", "a digit of a trial's registry number changed")
def _(source: Source) -> Iterator[Fault]:
    yield from _each((spot for spot in _registry_ids(source) if not _of_no_register(source, spot)), _digit_at_end)


@kind(
    "registry-other", "limits", "没有公认格式的编号改一位",
    "a digit changed in a number of no register known by its form", "rate",
)  # fmt: skip
def _(source: Source) -> Iterator[Fault]:
    yield from _each((spot for spot in _registry_ids(source) if _of_no_register(source, spot)), _digit_at_end)


@kind("registry-form", "identifiers", "注册号形式不合（少一位）", "a registry number one character short")
def _(source: Source) -> Iterator[Fault]:
    known = (spot for spot in _registry_ids(source) if not _of_no_register(source, spot))
    yield from _each(known, lambda number: number[:-1])


@kind("registry-duplicate", "identifiers", "两项试验同一注册号", "one registry number at two trials")
def _(source: Source) -> Iterator[Fault]:
    found = list(_registry_ids(source))
    for one, two in zip(found, [*found[1:], found[0]], strict=True):
        if one.path != two.path:
            yield Fault((one.edit(two.text),), (one.place, two.place), (one.text,))


@kind("registry-unrecorded", "identifiers", "注册号没有核实记录", "the record of a registry number removed")
def _(source: Source) -> Iterator[Fault]:
    text = source.text(LEDGER_FILE)
    at = text.index("\nregistries:")
    for match in re.finditer(r"^  \"?([A-Za-z0-9/-]+)\"?:\n(?:    .*\n|\n)*", text[at:], re.MULTILINE):
        used = any(entry.id == match[1] for trial in source.review.trials for entry in trial.registry)
        if used:
            yield Fault((Edit(LEDGER_FILE, at + match.start(), at + match.end(), ""),), (), (match[1],))


@kind("reference-retracted", "identifiers", "所引文献已撤稿", "a cited work is retracted")
def _(source: Source) -> Iterator[Fault]:
    cited = {citation.key for page in source.pages for block in page.blocks for citation in block.citations}
    for entry in source.lines(LEDGER_FILE, r"^    notices:\n      status: (\S+)"):
        key = source.entry(LEDGER_FILE, entry, r"^  \S+:$").text.strip().partition(":")[0].strip('"')
        if key in cited:
            yield entry.replaced("retracted", key)


# -- bibliography ----------------------------------------------------------------------------


@kind("bib-title", "bibliography", "题名截短（已有登记题名）", "a title cut short, where the registered one is known")
def _(source: Source) -> Iterator[Fault]:
    for title in _field(source, "title"):
        half = title.text[: len(title.text) // 2].rstrip("{} ")
        # Half a title that happens to end where its subtitle begins is a title as some lists print it.
        if _has_record(source, title, "title") and half[-1:] not in ".:?!":
            yield title.replaced(half)


def _has_record(source: Source, spot: Spot, name: str) -> bool:
    """Whether a field can be compared with what is registered; a Chinese title is not, with an English one."""
    ledger = source.review.ledger
    work = ledger.works.get(_key_of(source, spot)) if ledger else None
    if "title-en" in source.entry(BIBLIOGRAPHY_FILE, spot, _BIB_ENTRY).text and name != "years":
        return False
    return any(record is not None and getattr(record, name) for record in (work and work.doi, work and work.pmid))


@kind(
    "bib-title-unrecorded",
    "limits",
    "题名截短（没有登记题名可比）",
    "a title cut short, where none is recorded",
    "rate",
)
def _(source: Source) -> Iterator[Fault]:
    for title in _field(source, "title"):
        if not _has_record(source, title, "title"):
            yield title.replaced(title.text[: len(title.text) // 2].rstrip("{} "))


@kind("bib-year", "bibliography", "年份改动（已有登记年份）", "a year changed, where the registered one is known")
def _(source: Source) -> Iterator[Fault]:
    for year in _field(source, "year"):
        if _has_record(source, year, "years"):
            yield year.replaced(str(int(year.text) - 4))


@kind("bib-journal", "bibliography", "刊名改动（已有登记刊名）", "a journal changed, where the registered one is known")
def _(source: Source) -> Iterator[Fault]:
    for journal in _field(source, "journal"):
        if _has_record(source, journal, "journals"):
            yield journal.replaced("Journal of Other Things")


@kind("bib-pages", "limits", "页码改一位", "a digit of a page number changed", "rate")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "pages"), _digit_at_end)


@kind("bib-author", "limits", "作者姓名拼错", "an author's name misspelt", "rate")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_field(source, "author"), lambda text: text[0] + text[2:])


@kind("bib-field-lost", "bibliography", "缺少必需字段", "a required field lost")
def _(source: Source) -> Iterator[Fault]:
    for name in ("author", "title", "journal", "year"):
        for spot in _field(source, name):
            fault = _dropped_line(source, spot)
            entry = source.entry(BIBLIOGRAPHY_FILE, spot, _BIB_ENTRY)
            yield Fault(fault.edits, (entry.place,))


@kind("bib-brace", "bibliography", "少一个右花括号", "a closing brace lost")
def _(source: Source) -> Iterator[Fault]:
    for spot in _field(source, "title"):
        entry = source.entry(BIBLIOGRAPHY_FILE, spot, _BIB_ENTRY)
        yield Fault((Edit(spot.path, spot.end, spot.end + 1, ""),), (entry.place,))


@kind("bib-comma", "bibliography", "字段之间少逗号", "a comma between fields lost")
def _(source: Source) -> Iterator[Fault]:
    for spot in _field(source, "journal"):
        entry = source.entry(BIBLIOGRAPHY_FILE, spot, _BIB_ENTRY)
        yield Fault((Edit(spot.path, spot.end + 1, spot.end + 2, ""),), (entry.place,))


def _bib_keys(source: Source) -> Iterator[Spot]:
    yield from source.lines(BIBLIOGRAPHY_FILE, r"^@\w+\{([^,]+),")


@kind("bib-key-misspelt", "bibliography", "条目的键拼错", "an entry's key misspelt")
def _(source: Source) -> Iterator[Fault]:
    for key in _bib_keys(source):
        yield key.replaced(_misspelt(key.text), key.text)


@kind("bib-key-form", "bibliography", "条目的键形式不合", "an entry's key in a form that is not allowed")
def _(source: Source) -> Iterator[Fault]:
    for key in _bib_keys(source):
        yield key.replaced(key.text.replace("20", ":20", 1), key.text)


@kind("bib-duplicate", "bibliography", "两个条目同键", "two entries with one key")
def _(source: Source) -> Iterator[Fault]:
    found = list(_bib_keys(source))
    for one, two in pairwise(found):
        yield Fault((two.edit(one.text),), (one.place, two.place), (two.text,))


@kind("bib-lost", "bibliography", "删去一个条目", "an entry removed")
def _(source: Source) -> Iterator[Fault]:
    for key in _bib_keys(source):
        entry = source.entry(BIBLIOGRAPHY_FILE, key, _BIB_ENTRY)
        yield Fault((entry.edit(""),), (), (key.text,))


@kind("bib-unused", "bibliography", "条目无人引用", "an entry that nothing cites")
def _(source: Source) -> Iterator[Fault]:
    for number, key in enumerate(islice(_bib_keys(source), 10)):
        entry = source.entry(BIBLIOGRAPHY_FILE, key, _BIB_ENTRY)
        rows = [row for row in entry.text.split("\n") if not re.match(r"\s*(doi|pmid)", row)]
        text = "\n".join(rows).replace(key.text, f"nobody20{number:02}cites").rstrip() + "\n\n"
        line = entry.place.first
        yield Fault((Edit(entry.path, entry.start, entry.start, text),), (Place(entry.path, line, line + len(rows)),))


# -- trials --------------------------------------------------------------------------------


@kind("trial-arm", "trials", "一组的人数差一（各组之和有总数）", "an arm's size off by one, where the total is known")
def _(source: Source) -> Iterator[Fault]:
    for trial in source.review.trials:
        sized = [arm for arm in trial.arms if arm.n is not None]
        totals = (
            [getattr(trial.flow, name, None) for name in ("enrolled", "randomized", "treated", "analyzed")]
            if trial.flow
            else []
        )
        same = [t for t in totals if t is not None and t.n == sum(arm.n or 0 for arm in sized)]
        alike = len({(arm.unit, arm.stage) for arm in trial.arms}) == 1 and not trial.design.within_patient
        if len(sized) == len(trial.arms) > 1 and len(same) == 1 and alike:
            for spot in source.lines(trial.path, r"^    n: (\d+)$"):
                if source.text(trial.path).rfind("\narms:", 0, spot.start) < source.text(trial.path).rfind(
                    "\noutcomes:", 0, spot.start
                ):
                    continue
                yield Fault((spot.edit(str(int(spot.text) + 1)),), (Place(trial.path, 1, 10**6),))


@kind("trial-p-range", "trials", "P 值大于 1", "a P value above 1")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\bp: \{is: \"[<>=]\", value: ([\d.]+)\}"), lambda p: f"1{p}")


@kind("trial-interval", "trials", "置信区间上下限颠倒", "a confidence interval the wrong way round")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(
        source.trial_lines(r"\bci95: \[([^\]]+)\]"), lambda ci: ", ".join(reversed([x.strip() for x in ci.split(",")]))
    )


@kind("trial-estimate", "trials", "估计值落在区间之外", "an estimate outside its interval")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\beffect: \{type: \w+, value: ([\d.]+), ci95"), lambda value: f"1{value}")


@kind("trial-negative", "trials", "人数为负", "a negative number of people")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\bn: ([1-9]\d*)\b"), lambda n: f"-{n}")


@kind("trial-text-number", "trials", "数写成文本", "a number written as text")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\bn: (\d+)\b"), lambda n: f'"{n}"')


@kind("trial-source", "trials", "来源名拼错", "the name of a source misspelt")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\bsource: ([a-z][\w-]+)[},\n]"), _misspelt)


@kind("trial-source-lost", "trials", "来源丢失", "a source lost")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.trial_lines(r"^(?:flow|phase|arms|outcomes|  [a-z_]+|  - id).*(, source: [\w-]+)\}$"):
        if not _is_inherited(source.text(spot.path), spot):
            yield spot.replaced("")


def _is_inherited(text: str, spot: Spot) -> bool:
    """Whether the group a value stands in has a source of its own, which then holds for the value."""
    start = max(found.start() for found in re.finditer(r"^\w", text[: spot.start], re.MULTILINE))
    group = re.split(r"\n(?=\w)", text[start:], maxsplit=1)[0]
    return re.search(r"^  source:", group, re.MULTILINE) is not None


@kind("trial-field", "trials", "字段名拼错", "a field's name misspelt")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.trial_lines(r"^([a-z_]{4,}):"):
        yield spot.replaced(_misspelt(spot.text), spot.text)


@kind("trial-value", "trials", "受控值拼错", "a controlled value misspelt")
def _(source: Source) -> Iterator[Fault]:
    pattern = (
        r"\b(?:registered|published|allocation|masking|cell-source|donor|route|status|measure|unit): "
        r"\{?(?:value: )?\[?([a-z][a-z0-9-]+)\b"
    )
    yield from _each(source.trial_lines(pattern), _misspelt)


@kind("trial-report", "trials", "报告的文献键拼错", "the key of a trial's report misspelt")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"^reports: \[([\w-]+)"), _misspelt)


@kind("trial-date", "trials", "日期不存在", "a date that does not exist")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\bon: (\d{4}-\d\d)"), lambda date: date[:5] + "13")


@kind("trial-id", "trials", "试验 id 与文件名不符", "a trial's id other than its file's name")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.trial_lines(r"\A(?:#.*\n)*id: (\S+)$"):
        yield spot.replaced(_misspelt(spot.text), spot.text)


@kind("trial-digit", "limits", "试验数据改一位（任何数）", "a digit of any number of a trial changed", "rate")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.trial_lines(r"\b(?:n|value): (\d+(?:\.\d+)?)\b"), _other_digit)


# -- claims --------------------------------------------------------------------------------


def _claims(source: Source, pattern: str) -> Iterator[Spot]:
    yield from source.lines(CLAIMS_FILE, pattern)


@kind("claim-lost", "claims", "删去一条论断", "a claim removed")
def _(source: Source) -> Iterator[Fault]:
    found = list(_claims(source, r"^- id: (c\d+)"))
    for spot in found[:-1]:
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        yield Fault((entry.edit(""),), (Place(CLAIMS_FILE, entry.place.first - 12, entry.place.first),), (spot.text,))


@kind("claim-number", "claims", "论断编号重复", "a claim's number used twice")
def _(source: Source) -> Iterator[Fault]:
    found = list(_claims(source, r"^- id: (c\d+)"))
    for one, two in pairwise(found):
        yield Fault((two.edit(one.text),), (one.place, two.place), (one.text, two.text))


@kind("claim-block", "claims", "论断所在的块拼错", "a claim's block misspelt")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^  block: (\S+)$"):
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        yield Fault((spot.edit(_misspelt(spot.text)),), (entry.place,))


@kind("claim-digit", "claims", "论断的数改一位", "a digit of a claim's number changed")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^  numbers: \[\"(.*)\"\]$"):
        changed = _digit_at_end(spot.text)
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        if changed:
            yield Fault((spot.edit(changed),), (entry.place,), (entry.text[6:10],))


@kind("claim-entity", "claims", "论断的名称拼错", "a claim's term misspelt")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^  entities: \[([A-Za-z][^,\]]*)"):
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        yield Fault((spot.edit(_misspelt(spot.text)),), (entry.place,), (entry.text[6:10],))


@kind("claim-verdict", "claims", "结论与核查记录不符", "a verdict that does not follow from its checks")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^  verdict: (\S+)$"):
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        yield Fault((spot.edit("supported" if spot.text != "supported" else "no-citation"),), (entry.place,))


@kind("claim-value", "claims", "受控值拼错", "a controlled value of a claim misspelt")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_claims(source, r"^ +(?:kind|verdict|against): ([a-z-]+)$"), _misspelt)


@kind("claim-reference", "claims", "核查的文献键拼错", "the key of a claim's check misspelt")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_claims(source, r"^    - reference: (\S+)$"), _misspelt)


@kind("claim-reference-other", "claims", "核查换成另一文献", "a claim's check of another work")
def _(source: Source) -> Iterator[Fault]:
    known = sorted(source.review.keys)
    for spot in _claims(source, r"^    - reference: (\S+)$"):
        new = known[(known.index(spot.text) + 7) % len(known)]
        yield Fault((spot.edit(new),), (source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY).place,), (new,))


@kind("claim-check-lost", "claims", "删去一条核查", "a claim's check removed")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^    - reference: (\S+)$"):
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        others = [c for claim in source.review.claims for c in claim.checks if c.reference == spot.text]
        start = source.offset(spot.path, spot.place.first)
        match = re.match(r"    - reference.*\n(?:      .*\n)*", source.text(spot.path)[start:])
        if match and others and entry.text.count("- reference:") == 1:
            yield Fault((Edit(spot.path, start, start + match.end(), ""),), (entry.place,), (spot.text,))


@kind("claim-note", "claims", "论断的编者注拼错", "a claim's note misspelt")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^  note: (\S+#\S+)$"):
        yield Fault((spot.edit(_misspelt(spot.text)),), (source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY).place,))


@kind("claim-note-lost", "claims", "应有的编者注丢失", "the note that a verdict needs is lost")
def _(source: Source) -> Iterator[Fault]:
    for spot in _claims(source, r"^  note: (\S+#\S+)$"):
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        if re.search(r"^  verdict: (partly|not-supported)$", entry.text, re.MULTILINE):
            fault = _dropped_line(source, spot)
            yield Fault(fault.edits, (entry.place,))


@kind("claim-date", "claims", "核查日期不存在", "the date of a check does not exist")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(_claims(source, r"^      date: (\S+)$"), lambda date: date[:5] + "13" + date[7:])


@kind("claim-moved", "claims", "论断改放到另一块", "a claim put into another block")
def _(source: Source) -> Iterator[Fault]:
    blocks = [spot.text for spot in _claims(source, r"^  block: (\S+)$")]
    order = list(dict.fromkeys(blocks))
    for spot in _claims(source, r"^  block: (\S+)$"):
        entry = source.entry(CLAIMS_FILE, spot, _CLAIM_ENTRY)
        new = order[(order.index(spot.text) + 5) % len(order)]
        name = entry.text[6:10]
        if "- reference" in entry.text or re.search(r"numbers: \[\"", entry.text):
            yield Fault((spot.edit(new),), (entry.place,), (name, new.partition("#")[2], spot.text.partition("#")[2]))


# -- data files ------------------------------------------------------------------------------

_YAML = (
    CLAIMS_FILE,
    GLOSSARY_FILE,
    LEDGER_FILE,
    WORK_FILE,
    VOCABULARY_FILE,
    "data/lexicon.yml",
    "data/read-places.yml",
)


def _yaml_lines(source: Source, pattern: str) -> Iterator[Spot]:
    for path in (*_YAML, *(trial.path for trial in source.review.trials)):
        yield from islice(source.lines(path, pattern), 2, 400, 23)


@kind("yaml-smart-quote", "data", "YAML 中用弯引号开头", "a smart quote in place of a YAML quote")
def _(source: Source) -> Iterator[Fault]:
    for spot in _yaml_lines(source, r'^ *[\w-]+: (".+")$'):
        if ": " in spot.text or " #" in spot.text or spot.text[1] in "[{&*!|>%@":
            yield spot.replaced(f"“{spot.text[1:-1]}”")


@kind("yaml-tab", "data", "YAML 中用制表符缩进", "a tab as YAML indentation")
def _(source: Source) -> Iterator[Fault]:
    for spot in _yaml_lines(source, r"^( +)[\w-]+: \S"):
        yield Fault((spot.edit("\t"),), (Place(spot.path, spot.place.first - 1, spot.place.first + 1),))


@kind("yaml-quote", "data", "YAML 引号不配对", "an unclosed quote in YAML")
def _(source: Source) -> Iterator[Fault]:
    for spot in _yaml_lines(source, r"^ *[\w-]+: ([^\s\"'\[{|>].*)$"):
        yield Fault((spot.edit(f'"{spot.text}'),), (Place(spot.path, spot.place.first, 10**6),))


@kind("yaml-colon", "data", "YAML 冒号后缺空格", "no space after a YAML colon")
def _(source: Source) -> Iterator[Fault]:
    for spot in _yaml_lines(source, r"^ +[\w-]+(: )[^\s]"):
        yield Fault((spot.edit(":"),), (Place(spot.path, spot.place.first - 1, spot.place.first + 1),))


def _is_only_child(text: str, spot: Spot) -> bool:
    """Whether a line alone stands at its indentation below the line before it: one blank more changes nothing."""
    before = text[: spot.start].rstrip("\n").rpartition("\n")[2]
    after = text[spot.start :].partition("\n")[2]
    return before.endswith(":") and not before.startswith(spot.text) and not after.startswith(spot.text)


@kind("yaml-indent", "data", "YAML 缩进多一格", "one space too many of YAML indentation")
def _(source: Source) -> Iterator[Fault]:
    for spot in _yaml_lines(source, r"^(  +)[\w-]+: \S"):
        if _is_only_child(source.text(spot.path), spot):
            continue  # means the same
        yield Fault((spot.edit(f"{spot.text} "),), (Place(spot.path, spot.place.first - 1, spot.place.first + 1),))


@kind("yaml-duplicate", "data", "YAML 同键两次", "a key twice in YAML")
def _(source: Source) -> Iterator[Fault]:
    for spot in _yaml_lines(source, r"^( +[\w-]+: [^\s|>{\[].*)$"):
        text = source.text(spot.path)
        if not text[spot.end + 1 :].startswith(" " * (len(spot.text) - len(spot.text.lstrip()) + 1)):
            place = Place(spot.path, spot.place.first, spot.place.first + 1)
            yield Fault((Edit(spot.path, spot.end, spot.end, f"\n{spot.text}"),), (place,))


@kind("yaml-field", "data", "字段名拼错", "a field's name misspelt in YAML")
def _(source: Source) -> Iterator[Fault]:
    for path in (CLAIMS_FILE, GLOSSARY_FILE, LEDGER_FILE, WORK_FILE):
        for spot in islice(source.lines(path, r"^ +([a-z_]{4,}):"), 2, 2000, 17):
            entry = source.entry(path, spot, r"^(?:- |  )?[\w\"]") if path != WORK_FILE else spot
            yield Fault(
                (spot.edit(_misspelt(spot.text)),), (Place(path, entry.place.first, spot.place.last),), (spot.text,)
            )


# -- terms -----------------------------------------------------------------------------------


@kind("term-duplicate", "terms", "两个术语同名", "two terms with one name")
def _(source: Source) -> Iterator[Fault]:
    found = list(source.lines(GLOSSARY_FILE, r"^  en: (.+)$"))
    for one, two in pairwise(found):
        first, second = (source.entry(GLOSSARY_FILE, spot, r"^- id: ").place for spot in (one, two))
        yield Fault((two.edit(one.text),), (first, second))


@kind("term-id", "terms", "术语 id 重复", "two terms with one id")
def _(source: Source) -> Iterator[Fault]:
    found = list(source.lines(GLOSSARY_FILE, r"^- id: (.+)$"))
    for one, two in pairwise(found):
        yield Fault((two.edit(one.text),), (one.place, two.place), (two.text,))


@kind("term-source", "terms", "定义的来源键拼错", "the key of a definition's source misspelt")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(GLOSSARY_FILE, r"^  source: (\S+)$"):
        yield Fault((spot.edit(_misspelt(spot.text)),), (source.entry(GLOSSARY_FILE, spot, r"^- id: ").place,))


@kind("term-lost", "terms", "删去被链接的术语", "a term removed to which pages link")
def _(source: Source) -> Iterator[Fault]:
    linked = {link.text.partition("#term-")[2] for link in source.links() if "#term-" in link.text}
    for spot in source.lines(GLOSSARY_FILE, r"^- id: (.+)$"):
        if spot.text in linked:
            yield Fault((source.entry(GLOSSARY_FILE, spot, r"^- id: ").edit(""),), (), (f"term-{spot.text}",))


@kind("vocabulary-label", "terms", "受控值缺一种语言的标签", "a controlled value without a label in one language")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(VOCABULARY_FILE, r"^      [\w\"-]+: \{(zh: [^,]+, )en: "):
        yield spot.replaced("")


# -- addresses and configuration -----------------------------------------------------------------


@kind("url-unknown", "addresses", "登记过的地址不复存在", "a registered address that no longer exists")
def _(source: Source) -> Iterator[Fault]:
    for spot in islice(source.lines(REGISTER_FILE, r"^(/\S*#\S+)$"), 0, 4000, 19):
        yield spot.replaced(f"{spot.text}-once")


@kind("redirect-broken", "addresses", "重定向的目标不存在", "a redirect to nowhere")
def _(source: Source) -> Iterator[Fault]:
    for spot in islice(source.lines(REGISTER_FILE, r"^(/\S*)$"), 0, 4000, 97):
        page, _fragment = split(spot.text)
        data = f"- from: /old{page}\n  to: {page.rstrip('/')}/gone/\n".encode()
        yield Fault((), (Place(REDIRECTS_FILE, 1, 2),), (), (), ((REDIRECTS_FILE, data),))


@kind("redirect-loop", "addresses", "重定向成环", "redirects in a circle")
def _(source: Source) -> Iterator[Fault]:
    for spot in islice(source.lines(REGISTER_FILE, r"^(/[a-z-]+/)$"), 0, 400, 3):
        old, older = f"/old{spot.text}", f"/older{spot.text}"
        data = f"- from: {old}\n  to: {older}\n- from: {older}\n  to: {old}\n".encode()
        yield Fault((), (Place(REDIRECTS_FILE, 1, 4),), (), (), ((REDIRECTS_FILE, data),))


@kind("nav-lost", "structure", "页面从导航中删去", "a page removed from the navigation")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(CONFIG_FILE, r"^ +- ([\w/-]+\.md)$"):
        fault = _dropped_line(source, spot)
        yield Fault(fault.edits, (), (spot.text,))


@kind("nav-misspelt", "structure", "导航中文件名拼错", "a page misspelt in the navigation")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(CONFIG_FILE, r"^ +- ([\w/-]+)\.md$"):
        yield spot.replaced(_misspelt(spot.text), spot.text)


@kind("config-broken", "structure", "mkdocs.yml 语法错误", "a syntax error in mkdocs.yml")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines(CONFIG_FILE, r"^([a-z_]+): [^\s!]"):
        yield Fault((Edit(spot.path, spot.start, spot.start, '"'),), (Place(spot.path, spot.place.first, 10**6),))


@kind("work-reference", "data", "文献表中的键拼错", "a key of the article's list misspelt")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.lines(WORK_FILE, r"^  - ([a-z-]+\d{4}[a-z]\w+)$"), _misspelt)


@kind("work-chapter", "data", "章节名拼错", "a chapter's name misspelt in review.yml")
def _(source: Source) -> Iterator[Fault]:
    yield from _each(source.lines(WORK_FILE, r"^    - ([a-z/-]+)$"), _misspelt)


@kind("change-block", "data", "修订记录指向不存在的块", "a change that names a block that does not exist")
def _(source: Source) -> Iterator[Fault]:
    for spot in source.lines("data/changes.yml", r"^  blocks: \[(\S+)\]$"):
        entry = source.entry("data/changes.yml", spot, _CLAIM_ENTRY)
        yield Fault((spot.edit(_misspelt(spot.text)),), (entry.place,))


@kind("figure-claim", "data", "图中的论断编号不存在", "a figure that names a claim that does not exist")
def _(source: Source) -> Iterator[Fault]:
    for path in sorted(source.snapshot.files):
        if path.startswith("data/figures/") and path.endswith(".yml"):
            for spot in source.lines(path, r"^ .*?\b(c\d{3})\b"):
                entry = source.entry(path, spot, r"^ *- ")
                yield Fault((spot.edit("c9" + spot.text[2:]),), (entry.place,))


__all__ = ["together"]
