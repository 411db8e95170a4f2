"""The project's own content as a test subject: nothing of the article is lost, and the checks find nothing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import yaml

from livingreview.claims import READ
from livingreview.model import BlockKind
from livingreview.problems import Problem
from livingreview.review import Review, numbering_keys


def test_the_review_has_no_problems(problems: list[Problem]) -> None:
    assert not problems, "\n".join(map(str, problems[:40]))


def test_every_claim_of_the_article_has_a_home(review: Review) -> None:
    assert [claim.id for claim in review.claims] == [f"c{number:03d}" for number in range(1, 171)]
    for claim in review.claims:
        for language in review.languages:
            assert review.block(language.code, claim.block), f"{claim.id}: {claim.block} in {language.code}"


def test_no_block_holds_more_than_six_claims(review: Review) -> None:
    assert max(Counter(claim.block for claim in review.claims).values()) <= 6


def test_what_was_not_read_is_only_unverified(review: Review) -> None:
    for claim in review.claims:
        if claim.checks and not any(check.against in READ for check in claim.checks):
            assert claim.verdict == "unverified", claim.id
        if not claim.checks:
            assert claim.verdict == "no-citation", claim.id


def test_every_doubt_is_explained_in_both_languages(review: Review) -> None:
    for claim in review.claims:
        if claim.verdict in ("partly", "not-supported"):
            for language in review.languages:
                note = review.block(language.code, claim.note) if claim.note else None
                text = note.text if note else claim.note_texts.get(language.code, "")
                assert text.strip(), f"{claim.id} in {language.code}"
                assert note is None or note.kind is BlockKind.NOTE, claim.id


def test_verdicts_that_the_editorial_rules_name(review: Review) -> None:
    verdicts = {claim.id: claim.verdict for claim in review.claims}
    expected = {
        "c073": "not-supported",
        "c074": "partly",
        "c124": "partly",
        "c130": "unverified",
        "c087": "no-citation",
    }
    expected |= dict.fromkeys(("c081", "c082", "c083", "c084"), "unverified")
    assert {name: verdicts[name] for name in expected} == expected


def test_references_are_numbered_as_in_the_article(review: Review) -> None:
    assert review.work is not None
    for language in review.languages:
        keys = [key for key, _chapter, _line in numbering_keys(review, language.code, review.chapter_slugs)]
        assert tuple(keys[:25]) == tuple(review.work.references)


def test_the_ledger_of_suspect_places_is_complete(root: Path, review: Review) -> None:
    entries = yaml.safe_load((root / "data" / "notes-ledger.yml").read_text(encoding="utf-8"))
    assert [entry["id"] for entry in entries] == [f"S{number:03d}" for number in range(1, 162)]
    assert all(entry.get("done") for entry in entries)


def test_chinese_text_uses_full_width_punctuation(review: Review) -> None:
    bad = re.compile(r"[一-鿿][,;:?!](?=[一-鿿 ])|[一-鿿]\.(?=[一-鿿])")
    for (language, _slug), chapter in review.chapters.items():
        if language == "zh":
            for block in chapter.blocks:
                assert not bad.search(block.text), f"{chapter.path}:{block.line}: {block.text[:80]}"


def test_the_neutral_result_of_the_phase_iii_trial_stands_on_the_home_page(review: Review) -> None:
    for language in review.languages:
        home = review.chapter(language.code, "index")
        assert home is not None
        text = "\n".join(block.text for block in home.blocks)
        assert all(figure in text for figure in ("0.93", "0.53–1.63", "0.788"))
