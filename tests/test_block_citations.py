"""Citations of parts of the edition: golden texts, and records that independent libraries read."""

from __future__ import annotations

import io
import json
import subprocess
from typing import Any

import pypandoc
import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from pybtex.database import parse_string

from citing_support import DAY, GOLDEN, SITE, STAMP, make_edition, make_work
from livingreview.block_citations import (
    FORMATS,
    Citer,
    Part,
    article_citations,
    explain,
    fill,
    full_width,
    nlm_day,
    tex,
)
from livingreview.edition import Edition, Release

PARTS = {entry["what"]: entry for entry in GOLDEN["parts"]}


def make_part(entry: dict[str, Any]) -> Part:
    return Part(**entry["part"], fingerprint="as released")


def citations(entry: dict[str, Any], day: str = DAY) -> dict[str, str]:
    part = make_part(entry)
    return Citer(make_work(), make_edition(entry["state"], part), "zh").cite(part, day)


def read_by_pandoc(text: str, source: str) -> dict[str, Any]:
    command = [pypandoc.get_pandoc_path(), "--from", source, "--to", "csljson"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    (item,) = json.loads(done.stdout)
    return dict(item)


@pytest.mark.parametrize("what", PARTS)
def test_citations_match_what_was_typed_from_the_rules(what: str) -> None:
    made = citations(PARTS[what])
    expected = {style: PARTS[what][style] for style in FORMATS if style in PARTS[what]}
    assert {style: made[style] for style in expected} == expected


@pytest.mark.parametrize("name", ["article", "article-complete", "article-english"])
def test_the_article_is_cited_under_its_own_authors(name: str) -> None:
    golden = GOLDEN[name]
    changes = {key: value for key, value in golden.items() if key not in ("gbt", "vancouver")}
    made = article_citations(make_work(**changes), "en" if name == "article-english" else "zh")
    assert (made["gbt"], made["vancouver"]) == (golden["gbt"], golden["vancouver"])


@pytest.mark.parametrize("what", PARTS)
def test_the_article_s_authors_are_never_the_edition_s(what: str) -> None:
    made = citations(PARTS[what])
    item = json.loads(made["csl"])[0]
    assert [list(name) for name in item["author"]] == [["literal"]]
    assert item["author"][0]["literal"] in ("本版编写者", "Contributors to this edition")
    assert rispy.load(io.StringIO(made["ris"]))[0]["authors"] == [item["author"][0]["literal"] + ","]
    persons = next(iter(parse_string(made["bibtex"], "bibtex").entries.values())).persons["author"]
    assert [str(person) for person in persons] == ["{" + item["author"][0]["literal"] + "}"]


@pytest.mark.parametrize("what", PARTS)
@pytest.mark.parametrize("style", ["bibtex", "ris"])
def test_records_say_the_same_to_pandoc(what: str, style: str) -> None:
    made = citations(PARTS[what])
    ours, theirs = json.loads(made["csl"])[0], read_by_pandoc(made[style], style)
    whole = "label" not in PARTS[what]["part"]
    same = ["title"] if whole else ["title", "container-title"]
    assert {key: theirs.get(key) for key in same} == {key: ours[key] for key in same}
    # RIS has no corporate names: a family name alone is one.
    assert [list(name.values()) for name in theirs["author"]] == [[ours["author"][0]["literal"]]]
    assert theirs["URL"] == ours["URL"]
    # Of a RIS record pandoc reads the year (PY), not the day (DA).
    known = len(theirs["issued"]["date-parts"][0]) if style == "ris" else 3
    assert theirs["issued"]["date-parts"] == [ours["issued"]["date-parts"][0][:known]]


def test_the_state_decides_address_and_version() -> None:
    part = Part("en", "/en/heights/", "gauges", "2 Heights", fingerprint="x")
    work = make_work()
    addresses = {}
    for state in ("unreleased", "frozen", "newer"):
        item = json.loads(Citer(work, make_edition(state, part), "zh").cite(part, DAY)["csl"])[0]
        addresses[state] = (item["URL"], item.get("version"))
    living = f"{SITE}en/heights/#gauges"
    assert addresses == {
        "unreleased": (living, None),
        "frozen": (f"{SITE}v/1.0.0/en/heights/#gauges", "1.0.0"),
        "newer": (living, None),
    }


def test_every_state_is_explained_in_the_reader_s_language() -> None:
    part = Part("en", "/en/heights/", "gauges", "2 Heights", fingerprint="x")
    frozen, newer, unreleased = (explain(make_edition(s, part), part) for s in ("frozen", "newer", "unreleased"))
    assert "1.0.0" in frozen
    assert "2026-12-01" in frozen
    assert all(word in newer for word in ("1.0.0", "2026-12-03", STAMP.short))
    assert "1.0.0" not in unreleased
    chinese = Part("zh", "/heights/", "gauges", "2 潮高", fingerprint="x")
    assert "比最近发布的 1.0.0 版新" in explain(make_edition("newer", chinese), chinese)
    assert "{" not in explain(Edition(SITE), part)


def test_the_latest_release_is_the_one_cited() -> None:
    part = Part("en", "/en/heights/", "gauges", "2 Heights", fingerprint="x")
    releases = (Release("1.0.0", "2026-12-01"), Release("1.1.0", "2027-01-05"))
    edition = Edition(SITE, STAMP, releases, {"/en/heights/": {"gauges": "x"}})
    assert "/v/1.1.0/en/heights/#gauges" in Citer(make_work(), edition, "zh").cite(part, DAY)["gbt"]


def test_without_a_day_the_records_have_none_and_the_texts_say_so() -> None:
    made = citations(PARTS["the whole work in English, before the first release"], "date of access")
    assert "[date of access]" in made["gbt"]
    assert "cited date of access]" in made["vancouver"]
    assert "urldate" not in made["bibtex"]
    assert "Y2" not in made["ris"]
    assert "accessed" not in json.loads(made["csl"])[0]
    chinese = citations(PARTS["a section of the released Chinese text"], "访问日期")
    assert "[访问日期]" in chinese["gbt"]
    assert "[cited date of access]" in chinese["vancouver"]


def test_without_a_commit_or_a_date_nothing_is_made_up() -> None:
    part = Part("en", "/en/heights/", "gauges", "2 Heights")
    made = Citer(make_work(), Edition(SITE), "zh").cite(part, DAY)
    assert "Commit" not in made["gbt"]
    assert "（" not in made["gbt"].partition("[2026-12-05]")[0]
    assert "[date unknown] [cited 2026 Dec 5]" in made["vancouver"]
    assert "issued" not in json.loads(made["csl"])[0]


nasty = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: text and "⟦" not in text and "⟧" not in text)
)


@settings(deadline=None)
@given(nasty)
def test_no_title_breaks_a_record(label: str) -> None:
    part = Part("en", "/en/x/", "y", label, fingerprint="x")
    made = Citer(make_work(), make_edition("frozen", part), "zh").cite(part, DAY)
    assert json.loads(made["csl"])[0]["title"] == label
    assert rispy.load(io.StringIO(made["ris"]))[0]["title"] == " ".join(label.split())
    assert len(parse_string(made["bibtex"], "bibtex").entries) == 1


def test_special_signs_are_escaped_for_tex() -> None:
    assert tex("a_b & 100% #1 $x$") == r"a\_b \& 100\% \#1 \$x\$"
    assert tex("{c}") == r"\textbraceleft{}c\textbraceright{}"
    assert tex(r"~^\d") == r"\textasciitilde{}\textasciicircum{}\textbackslash{}d"


def test_days_and_punctuation_follow_the_styles() -> None:
    assert nlm_day("2026-12-05") == "2026 Dec 5"
    assert nlm_day("some day") == "some day"
    assert full_width("A: b, c (d); e") == "A：b，c（d）；e"
    assert full_width("C (d)") == "C（d）"
    assert full_width("1,000 at 10:30") == "1,000 at 10:30"


def test_an_address_that_ends_with_a_slash_gets_a_full_stop_in_nlm_only() -> None:
    values = {"address": "https://example.org/en/", "day": DAY}
    assert fill("vancouver", "from: ⟦address⟧", values) == "from: https://example.org/en/."
    assert fill("gbt", "⟦address⟧.", values) == "https://example.org/en/."
