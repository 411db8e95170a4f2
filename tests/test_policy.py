"""The content security policy: what it allows, where it stands, and that content cannot widen it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from livingreview.policy import apply_policy, has_policy, inline_script_hashes, policy

PAGE = '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>t</title></head><body>{}</body></html>'


def digest(script: str) -> str:
    return f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}"


def test_hashes_are_of_inline_scripts_that_run() -> None:
    html = PAGE.format(
        "<script>a = 1</script><script src='x.js'></script><script type='application/json'>{}</script>"
        "<script type='module'>b = '<p>'</script><script>a = 1</script><script></script>"
    )
    assert inline_script_hashes(html) == tuple(sorted([digest("a = 1"), digest("b = '<p>'")]))


def test_line_ends_are_hashed_as_a_browser_reads_them() -> None:
    assert inline_script_hashes(PAGE.format("<script>a\r\nb\rc</script>")) == (digest("a\nb\nc"),)


@given(st.text(alphabet=st.characters(blacklist_characters="<>&\r\x00", blacklist_categories=["Cs"]), min_size=1))
def test_any_script_is_hashed_to_the_letter(script: str) -> None:
    assert inline_script_hashes(PAGE.format(f"<script>{script}</script>")) == (digest(script),)


def test_policy_stands_right_after_the_charset() -> None:
    html = apply_policy(PAGE.format(""), ["sha256-x"])
    assert '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="' in html
    assert html.replace(html[html.index("<meta http") : html.index("<title>")], "") == PAGE.format("")


def test_policy_is_replaced_not_added() -> None:
    once = apply_policy(PAGE.format(""), ["sha256-x"])
    assert apply_policy(once, ["sha256-x"]) == once
    assert apply_policy(once, []).count("Content-Security-Policy") == 1


def test_policy_allows_nothing_inline_and_no_other_host() -> None:
    text = policy(["sha256-x"])
    assert "unsafe" not in text
    assert "http" not in text
    assert text.startswith("default-src 'none'; script-src 'self' 'sha256-x';")


def test_a_page_that_is_not_ours_stays_as_it_is() -> None:
    assert apply_policy("<p>fragment</p>", ["sha256-x"]) == "<p>fragment</p>"


def test_a_page_that_writes_of_policies_has_none_yet() -> None:
    """The page on hosting was left without one: it says what a server may send."""
    page = PAGE.format('<p>&lt;meta http-equiv=...: <meta http-equiv="Content-Security-Policy" content="none"></p>')
    assert not has_policy(page)
    assert has_policy(apply_policy(page, []))
