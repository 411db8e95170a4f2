"""References in both national styles: the golden ones, the cache, the number of pandoc runs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from livingreview import references as module
from livingreview.bibliography import Name, Reference, parse_bibliography
from livingreview.pinyin import is_pinyin_name
from livingreview.references import Formatted, PandocError, csl_item, format_bibliography
from livingreview.yamlfile import parse_yaml

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"


def read(text: str) -> tuple[Reference, ...]:
    references, problems = parse_bibliography(text, "refs.bib")
    assert not [p for p in problems if p.code != "bib-key-form"]
    return references


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the locale of every run of pandoc."""
    done: list[str] = []
    run = module.run_pandoc

    def counted(items: Any, csl: Path, locale: str) -> str:
        done.append(locale)
        return run(items, csl, locale)

    monkeypatch.setattr(module, "run_pandoc", counted)
    return done


@pytest.mark.parametrize(("name", "language"), [("gbt7714-2025", "zh"), ("nlm", "en")])
def test_published_examples(name: str, language: str, cache: Path) -> None:
    rows = parse_yaml((GOLDEN / f"{name}.yml").read_text(encoding="utf-8"), name).data
    references = read("\n".join(row["entry"] for row in rows))
    assert len(references) == len(rows)
    done = format_bibliography(references, language, ROOT, cache_dir=cache)
    assert [entry.text for entry in done.values()] == [row["text"] for row in rows]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_references_of_the_review(language: str, cache: Path) -> None:
    references = read((GOLDEN / "references.bib").read_text(encoding="utf-8"))
    rows = (GOLDEN / f"references.{language}.txt").read_text(encoding="utf-8").splitlines()
    expected = dict(row.split("\t") for row in rows)
    assert len(expected) == 25
    done = format_bibliography(references, language, ROOT, cache_dir=cache)
    assert {key: entry.text for key, entry in done.items()} == expected
    assert list(done) == [reference.key for reference in references]


def test_own_bibliography_in_both_styles(cache: Path) -> None:
    """What must hold for any entry a contributor adds."""
    references = read((ROOT / "refs.bib").read_text(encoding="utf-8"))
    chinese = format_bibliography(references, "zh", ROOT, cache_dir=cache)
    english = format_bibliography(references, "en", ROOT, cache_dir=cache)
    for reference in references:
        zh, en = chinese[reference.key].text, english[reference.key].text
        assert re.search(r"\[(J|M|C|D|R|EB|DS|PP|Z)(/OL)?\]\. ", zh), zh
        assert ("/OL]" in zh) == bool(reference.doi or reference.get("url"))
        assert zh.endswith(f"DOI:{reference.doi}." if reference.doi else ".")
        assert not re.search(r"[(),] |[(:]\d+-", zh.split("]. ", 1)[1]), zh
        assert ("，等." in zh) == (reference.language == "zh" and (reference.others or len(reference.authors) > 3))
        assert ("，et al." in zh) == (reference.language != "zh" and (reference.others or len(reference.authors) > 3))
        assert not re.search(r"[\u3400-\u9fff，。：；（）]", en), en
        assert en.endswith(".")
        assert ("et al." in en) == (reference.others or len(reference.authors) > 6)
        assert en.endswith(" Chinese.") == (reference.language == "zh")


def test_links_and_escaping(cache: Path) -> None:
    (reference,) = read(
        "@article{a2020b, author = {A, B}, title = {P <0.05 & \\& <script>}, journal = {J}, year = {2020},"
        " doi = {10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2}, pmid = {123}}".replace(
            "<1661::aid-sim968>", "1661::aid-sim968"
        )
    )
    html = format_bibliography([reference], "en", ROOT, cache_dir=cache)["a2020b"].html
    assert f'doi:<a href="https://doi.org/{reference.doi}">{reference.doi}</a>.' in html
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/123/">123</a>' in html
    assert "<script" not in html


def test_two_runs_a_language_and_none_again(runs: list[str], tmp_path: Path) -> None:
    references = read((ROOT / "refs.bib").read_text(encoding="utf-8"))
    first = format_bibliography(references, "zh", ROOT, cache_dir=tmp_path)
    assert sorted(runs) == ["en-US", "zh-CN"]
    format_bibliography(references, "en", ROOT, cache_dir=tmp_path)
    assert runs[2:] == ["en-US"]
    assert format_bibliography(references, "zh", ROOT, cache_dir=tmp_path) == first
    assert len(runs) == 3
    changed = read((ROOT / "refs.bib").read_text(encoding="utf-8").replace("{2024}", "{2023}", 1))
    format_bibliography(changed, "zh", ROOT, cache_dir=tmp_path)
    assert len(runs) == 5


def test_languages_of_one_style_share_a_run(runs: list[str], tmp_path: Path) -> None:
    references = read((GOLDEN / "references.bib").read_text(encoding="utf-8"))
    english = format_bibliography(references, "en", ROOT, cache_dir=tmp_path)
    assert format_bibliography(references, "de", ROOT, cache_dir=tmp_path) == english
    assert len(runs) == 1


def test_another_pandoc_on_the_machine_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pandoc").write_text('#!/bin/sh\ntouch "$0.ran"\necho pandoc 99.0\n')
    (tmp_path / "pandoc").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    references = read((GOLDEN / "references.bib").read_text(encoding="utf-8"))[:1]
    (entry,) = format_bibliography(references, "en", ROOT, cache_dir=tmp_path / "cache").values()
    assert references[0].get("year") in entry.text
    assert not (tmp_path / "pandoc.ran").exists()


def test_a_spoilt_cache_is_made_anew(runs: list[str], tmp_path: Path) -> None:
    references = read((GOLDEN / "references.bib").read_text(encoding="utf-8"))
    first = format_bibliography(references, "en", ROOT, cache_dir=tmp_path)
    for spoilt in ("", "{}", "[1]", '{"x": 1}', "\udce4".encode("utf-8", "surrogatepass").decode("latin-1")):
        (kept,) = tmp_path.glob("NLM-*.json")
        kept.write_text(spoilt, encoding="utf-8")
        assert format_bibliography(references, "en", ROOT, cache_dir=tmp_path) == first
    assert len(runs) == 6


def test_no_cache_where_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    references = read((GOLDEN / "references.bib").read_text(encoding="utf-8"))[:1]
    done = format_bibliography(references, "zh", ROOT, cache_dir=tmp_path / "file")
    assert isinstance(done["wang2024quality"], Formatted)


def test_old_results_do_not_pile_up(tmp_path: Path) -> None:
    for year in range(2001, 2010):
        references = read(f"@article{{a{year}b, author = {{A, B}}, title = {{T}}, journal = {{J}}, year = {{{year}}}}}")
        format_bibliography(references, "en", ROOT, cache_dir=tmp_path)
    assert len(list(tmp_path.glob("NLM-*.json"))) == 4


def test_nothing_to_format_needs_no_pandoc(runs: list[str]) -> None:
    assert format_bibliography([], "zh", ROOT) == {}
    assert runs == []


def test_a_broken_pandoc_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 64, b"", b"no such option")

    monkeypatch.setattr(module.subprocess, "run", fail)
    with pytest.raises(PandocError, match="no such option"):
        format_bibliography(read((GOLDEN / "references.bib").read_text())[:1], "zh", ROOT, cache_dir=tmp_path)


def test_csl_items_keep_the_works_own_language() -> None:
    reference = read((GOLDEN / "references.bib").read_text(encoding="utf-8"))[0]
    item = csl_item(reference)
    assert item["title"] == reference.title
    assert item["author"][0] == {"literal": "王海妍"}
    assert item["page"] == "152-156"
    assert item["language"] == "zh-CN"


@pytest.mark.parametrize(
    ("family", "given", "expected"),
    [
        ("Yu", "Yang", True),
        ("Wang", "Cheng'en", True),
        ("Ouyang", "Xiaoming", True),
        ("Liu", "Zhao-Jun", True),
        ("Wang", "C.", False),
        ("Wang", "C", False),
        ("Kim", "Sinyoung", False),
        ("Long", "Chandler A.", False),
        ("García", "Ana", False),
    ],
)
def test_names_in_pinyin(family: str, given: str, expected: bool) -> None:
    assert is_pinyin_name(Name(family, given)) is expected


@pytest.mark.slow
def test_five_thousand_references(runs: list[str], tmp_path: Path) -> None:
    entry = "@article{{a{n}b2020c{n}, title = {{Title {n}: sub}}, journal = {{J}}, year = {{2020}}"
    authors = ("{Lee, A. B.}, langid = {english}}", "{王海}, langid = {chinese}}")
    text = "\n".join(f"{entry.format(n=n)}, author = {authors[n % 2]}" for n in range(5000))
    references = parse_bibliography(text, "refs.bib")[0]
    done = format_bibliography(references, "zh", ROOT, cache_dir=tmp_path)
    assert (len(done), sorted(runs)) == (5000, ["en-US", "zh-CN"])
    assert format_bibliography(references, "zh", ROOT, cache_dir=tmp_path) == done
    assert sorted(runs) == ["en-US", "zh-CN"]  # Nothing changed, nothing ran.
