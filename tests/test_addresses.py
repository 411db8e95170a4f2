"""Addresses last: what was published exists or leads on, and redirects arrive."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingreview.addresses import (
    Redirect,
    Redirects,
    Register,
    aliases,
    check_addresses,
    fragment_map,
    insert_aliases,
    new_addresses,
    parse_redirects,
    parse_register,
    redirect_pages,
    relative_address,
    render_fragment_map,
    render_redirect,
    resolve,
    with_companions,
)

CURRENT = frozenset({"/", "/clinical/", "/clinical/#noma", "/clinical/#fat", "/en/clinical/", "/en/clinical/#noma"})


def redirects(**pairs: str) -> Redirects:
    return Redirects(tuple(Redirect(source, target, line) for line, (source, target) in enumerate(pairs.items(), 1)))


def found(registered: list[str], text: str, prefixes: tuple[str, ...] = ("/en",)) -> list[tuple[str, int, str]]:
    register = parse_register("\n".join(registered))
    problems = check_addresses(register, CURRENT, parse_redirects(text, prefixes=prefixes))
    return [(problem.path, problem.line, problem.code) for problem in problems]


def test_the_register_is_read_line_by_line() -> None:
    register = parse_register("# Written by record\n/\n\n/clinical/#noma\r\n/clinical/#noma\nclinical/\n/a b\n")
    assert register.addresses == {"/": 2, "/clinical/#noma": 4}
    assert [(problem.line, problem.code) for problem in register.problems] == [(6, "data-field"), (7, "data-field")]


def test_redirects_are_read_with_their_lines() -> None:
    text = "# moved\n- from: /old/\n  to: /clinical/\n- from: /older/\n- to: 3\n  from: /x/\n- {from: /a/, to: /b/}\n"
    parsed = parse_redirects(text)
    assert [(entry.source, entry.target, entry.line) for entry in parsed.entries] == [
        ("/old/", "/clinical/", 2),
        ("/a/", "/b/", 7),
    ]
    assert [(problem.line, problem.code) for problem in parsed.problems] == [(4, "data-field"), (5, "data-field")]
    assert parse_redirects("").entries == ()
    assert parse_redirects("a: [").problems[0].code == "data-syntax"


def test_an_entry_serves_the_other_language_unless_it_has_its_own() -> None:
    text = "- {from: /old/, to: /clinical/}\n- {from: /a/, to: /clinical/}\n- {from: /en/a/, to: /en/b/}\n"
    entries = parse_redirects(text, prefixes=("/en",)).targets
    assert entries["/en/old/"] == "/en/clinical/"
    assert entries["/en/a/"] == "/en/b/"


@pytest.mark.parametrize(
    ("address", "end"),
    [
        ("/clinical/", "/clinical/"),
        ("/old/", "/clinical/"),
        ("/old/#noma", "/clinical/#noma"),
        ("/old/#adipose", "/clinical/#fat"),
        ("/older/#noma", "/clinical/#noma"),
        ("/part/#anything", "/clinical/#noma"),
        ("/round/", None),
    ],
)
def test_where_an_address_leads(address: str, end: str | None) -> None:
    table = redirects(
        **{
            "/old/": "/clinical/",
            "/old/#adipose": "/clinical/#fat",
            "/older/": "/old/",
            "/part/": "/clinical/#noma",
            "/round/": "/about/",
            "/about/": "/round/",
        }
    )
    assert resolve(address, table) == end


def test_all_is_well() -> None:
    assert found(["/", "/clinical/#noma", "/en/clinical/#noma"], "") == []
    assert found(["/old/", "/old/#noma", "/en/old/"], "- {from: /old/, to: /clinical/}") == []


def test_what_is_gone_is_reported_in_the_register() -> None:
    assert found(["/", "/clinical/#nome"], "") == [("data/urls.txt", 2, "url-removed")]
    assert found(["/old/", "/old/#x"], "- {from: /old/, to: /clinical/}") == [("data/urls.txt", 2, "redirect-broken")]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("- {from: /old/, to: /clinicl/}", 1, "redirect-broken"),
        ("- {from: /clinical/, to: /}", 1, "redirect-broken"),
        ("- {from: /old/, to: /}\n- {from: /old/, to: /clinical/}", 2, "redirect-broken"),
        ("- {from: /data/a.json, to: /}", 1, "redirect-broken"),
        ("- {from: /old/, to: //example.org/}", 1, "redirect-broken"),
        ("- {from: /old/, to: /old/}", 1, "redirect-loop"),
        ("- {from: /old/, to: /older/}\n- {from: /older/, to: /old/}", 1, "redirect-loop"),
    ],
)
def test_a_faulty_redirect_is_one_problem(text: str, line: int, code: str) -> None:
    assert found([], text) == [("data/redirects.yml", line, code)]


def test_a_language_that_never_had_the_page_needs_no_target() -> None:
    text = "- {from: /old/, to: /clinical/#fat}"
    assert found(["/old/"], text) == []
    assert found(["/old/", "/en/old/"], text) == [("data/redirects.yml", 1, "redirect-broken")]


def test_new_addresses_keep_their_order() -> None:
    assert new_addresses({"/": 1}, ["/", "/b/", "/a/", "/b/"]) == ("/b/", "/a/")


def test_pages_to_generate_and_fragments() -> None:
    table = redirects(
        **{
            "/old/": "/clinical/",
            "/old/#adipose": "/clinical/#fat",
            "/clinical/#nome": "/clinical/#noma",
            "/clinical/#gone": "/#x",
        }
    )
    (page,) = redirect_pages(table, CURRENT)
    assert (page.address, page.target, page.fragments) == ("/old/", "/clinical/", {"adipose": "/clinical/#fat"})
    assert fragment_map("/clinical/", table) == {"nome": "/clinical/#noma", "gone": "/#x"}
    assert aliases("/clinical/", table) == {"noma": ("nome",)}


def test_old_ids_stay_without_a_script() -> None:
    names = {"noma": ("nome", "nomad"), "t": ("table",)}
    html = '<h2 class="a" id="noma">NOMA</h2><p id="x">y</p><div><table id="t"><tr></tr></table></div>'
    assert insert_aliases(html, names) == (
        '<h2 class="a" id="noma"><span id="nome"></span><span id="nomad"></span>NOMA</h2><p id="x">y</p>'
        '<div><span id="table"></span><table id="t"><tr></tr></table></div>'
    )
    assert insert_aliases(html, {}) == html


@pytest.mark.parametrize(
    ("source", "target", "link"),
    [
        ("/old/", "/clinical/", "../clinical/"),
        ("/old/", "/clinical/#noma", "../clinical/#noma"),
        ("/a/b/", "/", "../../"),
        ("/en/old/", "/en/clinical/adipose/", "../clinical/adipose/"),
    ],
)
def test_relative_addresses(source: str, target: str, link: str) -> None:
    assert relative_address(source, target) == link


def test_a_redirect_page_leads_on_with_and_without_a_script() -> None:
    html = render_redirect(
        "../clinical/#noma", "https://example.org/clinical/#noma", "zh", {"adipose": "../clinical/#fat"}
    )
    assert '<html lang="zh">' in html
    assert '<noscript><meta http-equiv="refresh" content="0; url=../clinical/#noma"></noscript>' in html
    assert '<link rel="canonical" href="https://example.org/clinical/">' in html
    assert '<meta name="robots" content="noindex">' in html
    assert '<a href="../clinical/#noma">本页已移至新地址</a>' in html
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert script is not None
    digest = b64encode(sha256(script[1].encode()).digest()).decode()
    assert f"sha256-{digest}" in html
    data = re.search(r'<script type="application/json" id="moved">(.*?)</script>', html)
    assert data is not None
    assert json.loads(data[1]) == {"adipose": "../clinical/#fat"}


def test_other_languages_and_hostile_addresses() -> None:
    assert "This page has moved" in render_redirect("../a/", "", "xx")
    assert "Diese Seite" in render_redirect("../a/", "", "de-AT")
    html = render_redirect('"><script>x</script>', "", "en", {"</script>": "<b>"})
    assert "<script>x" not in html
    assert "<b>" not in html
    assert json.loads(render_fragment_map({"</script>": "&"})) == {"</script>": "&"}


ADDRESS = st.sampled_from(["/", "/a/", "/b/", "/c/", "/a/#x", "/b/#x", "/c/#y", "/en/a/", "x", "//h/", "/f.json"])


@given(st.lists(st.tuples(ADDRESS, ADDRESS), max_size=8), st.lists(ADDRESS), st.sets(ADDRESS))
def test_no_redirects_hang(pairs: list[tuple[str, str]], registered: list[str], current: set[str]) -> None:
    table = Redirects(tuple(Redirect(source, target, 1) for source, target in pairs))
    for address in registered:
        end = resolve(address, table)
        assert end is None or resolve(end, table) == end
    list(check_addresses(Register(dict.fromkeys(registered, 1)), current, table))
    for page in redirect_pages(table, current):
        render_redirect(relative_address(page.address, page.target), page.target, "en", page.fragments)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    parse_register(text)
    parse_redirects(text, prefixes=("/en",))


def test_a_redirect_serves_the_page_beside_the_one_it_names() -> None:
    text = "- {from: /fat/#x, to: /clinical/#noma}\n- {from: /bone/, to: /clinical/}\n- {from: /beside/bone/, to: /}\n"
    published = ["/beside/fat/#x", "/en/beside/fat/#x", "/beside/bone/", "/en/beside/bone/"]
    served = with_companions(parse_redirects(text, prefixes=("/en",)), "beside", published, ("/en",))
    assert resolve("/beside/fat/#x", served) == "/beside/clinical/#noma"
    assert resolve("/en/beside/fat/#x", served) == "/en/beside/clinical/#noma"
    assert resolve("/beside/bone/", served) == "/"
    assert resolve("/beside/other/", served) == "/beside/other/"


def test_a_companion_without_its_target_is_told_to_have_an_entry_of_its_own() -> None:
    register = parse_register("/beside/fat/")
    served = with_companions(parse_redirects("- {from: /fat/, to: /clinical/}"), "beside", register.addresses)
    (problem,) = check_addresses(register, CURRENT, served)
    assert problem.code == "redirect-broken"
    assert problem.message == (
        "/beside/fat/ leads to /beside/clinical/, which does not exist. Give it an entry of its own."
    )
