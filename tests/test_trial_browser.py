"""The trial table and the plots in a real browser, on a page that holds nothing else.

Sorting, filters, the address, keyboard alone, a phone, both languages, no script,
dark and light, a policy without inline styles.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from browser_support import PHONE, Watched, opened, overflow, serve
from livingreview.plot_ladder import render_ladder
from livingreview.plot_landscape import render_landscape
from livingreview.plot_outcomes import render_outcomes
from livingreview.trial_cells import TrialLinks
from livingreview.trial_page import render_trial_page
from livingreview.trial_table import render_trial_table
from livingreview.trial_tallies import render_bottom_line
from trial_support import ROOT, by_id, project_trial, project_trials, project_vocabulary

pytestmark = pytest.mark.browser

LANGUAGES = ("zh", "en")
LINKS = TrialLinks(trial=lambda name: f"#{name}", years={"norgren2024pace": 2024, "lu2011comparison": 2011})
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
# Where a list lies in the very turn in which it is opened: a list that is put right later is seen to jump.
OPENED = """async (summary) => {
    summary.click();
    await Promise.resolve();
    const { left, right } = summary.parentElement.querySelector("ul").getBoundingClientRect();
    return [left, right];
}"""
FRAME = """<!doctype html>
<html lang="{language}" dir="ltr"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Trials</title>
<link rel="stylesheet" href="base.css"><link rel="stylesheet" href="trials.css"><link rel="icon" href="data:,"></head>
<body data-md-color-scheme="{scheme}"><main class="lr-page--wide">
<article class="md-content__inner md-typeset"><h1>Trials</h1>{body}</article></main>
<script src="trials.js" defer></script></body></html>
"""


def _body(language: str) -> str:
    trials, vocabulary = project_trials(), project_vocabulary()
    return "".join(
        (
            render_trial_table(trials, vocabulary, language, LINKS),
            render_landscape(trials, vocabulary, language, LINKS),
            render_ladder(trials, vocabulary, language, LINKS),
            render_outcomes(trials, vocabulary, language, LINKS),
            render_bottom_line(trials, vocabulary, language, LINKS),
        )
    )


def _trial_body(language: str) -> str:
    page = render_trial_page(project_trial("pace"), by_id(project_trials()), project_vocabulary(), language, LINKS)
    page = re.sub(r"^# .*$", "", page, flags=re.MULTILINE)
    return re.sub(r"^## (.*) \{#([a-z-]+)\}$", r'<h2 id="\2">\1</h2>', page, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("trials")
    for name in ("base", "trials"):
        shutil.copy(ROOT / "docs" / "assets" / "stylesheets" / f"{name}.css", folder)
    shutil.copy(ROOT / "docs" / "assets" / "javascripts" / "trials.js", folder)
    for language in LANGUAGES:
        for scheme in ("default", "slate"):
            for name, body in (("table", _body(language)), ("trial", _trial_body(language))):
                text = FRAME.format(language=language, policy=POLICY, scheme=scheme, body=body)
                (folder / f"{name}.{language}.{scheme}.html").write_text(text, encoding="utf-8")
    with serve(folder) as address:
        yield address


@pytest.fixture
def visit(chromium: Browser, origin: str) -> Iterator[Watched]:
    with opened(chromium, origin) as watched:
        yield watched


def names(page: Page) -> list[str]:
    """Return the trials shown, in order."""
    return page.locator("[data-trials] tbody tr:not([hidden]) .lr-trials__name").all_inner_texts()


def overflow_without_script(page: Page) -> int:
    """Return how far the page is wider than the window (``evaluate`` works where the page itself runs no script)."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)")


def choose(page: Page, facet: str, *values: str) -> None:
    """Tick values of a facet."""
    page.locator(f'[data-facet="{facet}"] > summary').click()
    for value in values:
        page.locator(f'[data-facet="{facet}"] input[value="{value}"]').check()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sorting_by_any_column(visit: Watched, language: str) -> None:
    page = visit.go(f"table.{language}.default.html")
    as_delivered = names(page)
    for head in page.locator("[data-trials] thead th:not([hidden])").all():
        button = head.get_by_role("button")
        button.click()
        assert head.get_attribute("aria-sort") == "ascending"
        assert page.locator("[data-trials] [aria-sort]").count() == 1
        button.click()
        assert head.get_attribute("aria-sort") == "descending"
        button.click()
        assert head.get_attribute("aria-sort") is None
        assert names(page) == as_delivered
    assert visit.complaints == []


def test_numbers_sort_as_numbers_and_unread_values_stay_last(visit: Watched) -> None:
    page = visit.go("table.en.default.html")
    button = page.locator('[data-trials] th[data-column="participants"] button')
    cells = '[data-trials] tbody td[data-column="participants"]'
    read = f"() => [...document.querySelectorAll('{cells}')].map((c) => c.dataset.key ?? null)"
    for reverse in (False, True):
        button.click()
        keys = page.evaluate(read)
        numbers = [int(key) for key in keys if key is not None]
        assert numbers == sorted(numbers, reverse=reverse)
        assert keys[len(numbers) :] == [None] * (len(keys) - len(numbers))


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_count_and_combine(visit: Watched, language: str) -> None:
    page = visit.go(f"table.{language}.default.html")
    status = page.locator("[data-trials] [role=status]")
    choose(page, "source", "perinatal")
    choose(page, "review", "in")
    shown = names(page)
    assert "PACE" in shown
    assert len(shown) == 5
    assert re.findall(r"\d+", status.inner_text())[0] == "5"
    choose(page, "control", "placebo")
    assert set(names(page)) == {"PACE", "Arango-Rodríguez 2023"}
    page.locator("[data-reset]").click()
    assert len(names(page)) == len(project_trials())


@pytest.mark.parametrize(
    ("language", "words", "expected"),
    [
        ("zh", "华通胶 安慰剂", {"Arango-Rodríguez 2023", "NCT03423732"}),
        ("zh", "nct04466007", {"NOMA"}),
        ("en", "stempeucel malaysia", {"NCT05854641", "NCT05854615"}),
        ("en", "ＰＡＣＥ", {"PACE"}),
    ],
)
def test_searching_finds_what_cells_and_hidden_words_say(
    visit: Watched, language: str, words: str, expected: set[str]
) -> None:
    page = visit.go(f"table.{language}.default.html")
    page.locator("[data-search]").fill(words)
    assert set(names(page)) == expected


def test_nothing_found_is_said(visit: Watched) -> None:
    page = visit.go("table.en.default.html")
    page.locator("[data-search]").fill("zzzz")
    assert names(page) == []
    expect(page.locator("[role=status]")).to_contain_text("No trial matches")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_holds_the_view(visit: Watched, language: str) -> None:
    page = visit.go(f"table.{language}.default.html")
    choose(page, "source", "bone-marrow", "adipose")
    choose(page, "review", "in")
    page.locator("[data-search]").fill("MSC")
    page.locator('[data-trials] th[data-column="participants"] button').click()
    page.locator('[data-trials] th[data-column="participants"] button').click()
    page.locator("[data-columns] > summary").click()
    page.locator('[data-columns] input[value="dose"]').check()
    page.locator('[data-columns] input[value="year"]').uncheck()
    address = page.url
    for part in ("source=bone-marrow,adipose", "review=in", "find=MSC", "sort=-participants", "columns="):
        assert part in address
    shown = names(page)
    page.goto("about:blank")
    page.goto(address)
    assert names(page) == shown
    expect(page.locator('[data-trials] thead th[data-column="dose"]')).to_be_visible()
    expect(page.locator('[data-trials] thead th[data-column="year"]')).to_be_hidden()
    assert page.locator('[data-trials] th[data-column="participants"]').get_attribute("aria-sort") == "descending"
    assert page.locator("[data-search]").input_value() == "MSC"


def test_an_address_of_nonsense_shows_everything(visit: Watched) -> None:
    page = visit.go("table.en.default.html?source=%3Cscript%3E&sort=x&columns=y&find=")
    assert len(names(page)) == len(project_trials())
    assert visit.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_keyboard_alone(visit: Watched, language: str) -> None:
    page = visit.go(f"table.{language}.default.html")

    def focused() -> str:
        script = (
            "() => (document.activeElement.closest('[data-facet],[data-column],[data-search]') || {}).outerHTML || ''"
        )
        return page.evaluate(script)[:400]

    page.keyboard.press("Tab")
    assert "data-search" in focused()
    page.keyboard.press("Tab")
    assert 'data-facet="review"' in focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert len(names(page)) == 12
    page.keyboard.press("Escape")
    assert page.locator('[data-facet="review"]').get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    for _ in range(40):
        page.keyboard.press("Tab")
        if 'data-column="trial"' in focused():
            break
    page.keyboard.press("Enter")
    assert page.locator('[data-trials] th[data-column="trial"]').first.get_attribute("aria-sort") == "ascending"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_only_one_list_is_open_at_a_time(visit: Watched) -> None:
    page = visit.go("table.en.default.html")
    page.locator('[data-facet="source"] > summary').click()
    page.locator('[data-facet="donor"] > summary').click()
    assert page.locator("[data-trials] details[open]").count() == 1
    page.locator("h1").click()
    assert page.locator("[data-trials] details[open]").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["table", "trial"])
def test_a_phone_shows_cards_and_never_scrolls_sideways(
    chromium: Browser, origin: str, language: str, name: str
) -> None:
    with opened(chromium, origin, viewport=PHONE) as watched:
        page = watched.go(f"{name}.{language}.slate.html")
        assert overflow(page) == []
        if name == "table":
            box = page.locator("[data-trials] tbody tr").first.bounding_box()
            assert box is not None
            assert box["width"] <= PHONE["width"]
            cell = page.locator('[data-trials] tbody td[data-column="cells"]').first
            label = cell.evaluate("(element) => getComputedStyle(element, '::before').content")
            assert label not in ("none", '""')
            choose(page, "source", "perinatal")
            assert page.locator("[data-trials] tbody tr:not([hidden])").count() < len(project_trials())
            expect(page.locator(".lr-plot__narrow svg").first).to_be_visible()
            expect(page.locator(".lr-plot__wide svg").first).to_be_hidden()


@pytest.mark.parametrize("width", [320, 768, 1024, 1280, 1600])
def test_no_width_scrolls_sideways(chromium: Browser, origin: str, width: int) -> None:
    with opened(chromium, origin, viewport={"width": width, "height": 800}) as watched:
        for name in ("table", "trial"):
            found = overflow(watched.go(f"{name}.en.default.html"))
            assert found == [], "\n".join(found)


@pytest.mark.parametrize("width", [390, 1024, 1280, 1600])
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_columns_at_once_scroll_in_their_frame_and_not_the_page(
    chromium: Browser, origin: str, language: str, width: int
) -> None:
    everything = ",".join(column.id for column in project_vocabulary().columns)
    with opened(chromium, origin, viewport={"width": width, "height": 800}) as watched:
        page = watched.go(f"table.{language}.default.html?columns={everything}")
        assert page.locator("[data-trials] thead th:not([hidden])").count() == len(project_vocabulary().columns)
        page.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        if width < 1024:
            return
        page.evaluate("document.querySelector('[data-trials] tbody tr:nth-child(20)').scrollIntoView()")
        name = page.locator("[data-trials] tbody tr:nth-child(20) .lr-trials__name")
        page.locator(".lr-trials__frame").evaluate("(frame) => { frame.scrollLeft = 300 }")
        head = page.locator('[data-trials] thead th[data-column="trial"]').bounding_box()
        named = name.bounding_box()
        frame = page.locator(".lr-trials__frame").bounding_box()
        assert head is not None
        assert named is not None
        assert frame is not None
        assert -1 <= head["y"] < 400  # the heads stay in sight,
        assert named["x"] >= frame["x"]  # and so do the names


@pytest.mark.parametrize("width", [320, 390, 640, 1024])
def test_an_open_list_stays_inside_the_page(chromium: Browser, origin: str, width: int) -> None:
    with opened(chromium, origin, viewport={"width": width, "height": 800}) as watched:
        page = watched.go("table.en.default.html")
        for summary in page.locator("[data-trials] details > summary").all():
            left, right = summary.evaluate(OPENED)
            assert left >= 0
            assert right <= width
            assert overflow(page) == []


def test_the_heads_stay_in_sight(visit: Watched) -> None:
    page = visit.go("table.en.default.html")
    page.evaluate("document.querySelector('[data-trials] tbody tr:nth-child(20)').scrollIntoView()")
    box = page.locator('[data-trials] thead th[data-column="trial"]').bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_the_whole_table_is_there(chromium: Browser, origin: str, language: str) -> None:
    with opened(chromium, origin, java_script_enabled=False) as watched:
        page = watched.page
        page.goto(f"{origin}table.{language}.default.html")
        rows = page.locator("[data-trials] tbody tr")
        assert rows.count() == len(project_trials())
        expect(rows.nth(11)).to_be_visible()
        expect(page.locator("[data-search]")).to_be_hidden()
        expect(page.locator('[data-trials] thead th[data-column="registry"]')).to_be_visible()
        assert page.locator("[data-trials] thead button").count() == 0
        assert page.locator("noscript").count() == 1
        assert overflow_without_script(page) == 0
        first = rows.first.locator(".lr-trials__name").bounding_box()
        head = page.locator('[data-trials] thead th[data-column="trial"]').bounding_box()
        assert first is not None
        assert head is not None
        assert first["y"] >= head["y"] + head["height"]  # the heads cover no trial


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_script_a_phone_shows_whole_cards_and_names_what_they_say(
    chromium: Browser, origin: str, language: str
) -> None:
    with opened(chromium, origin, java_script_enabled=False, viewport={"width": 390, "height": 844}) as watched:
        page = watched.page
        page.goto(f"{origin}table.{language}.default.html")
        assert overflow_without_script(page) == 0
        frame = page.locator(".lr-trials__frame")
        assert frame.evaluate("(box) => box.scrollWidth - box.clientWidth") <= 0
        cells = page.locator("[data-trials] tbody tr").first.locator("td")
        for cell in cells.all():
            expect(cell).to_be_visible()
            name, room = cell.evaluate("(td) => [td.dataset.label, parseFloat(getComputedStyle(td).paddingLeft)]")
            assert name
            assert room > 60  # for the name


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_it_is_a_table_with_no_column_cut_off_and_no_trial_covered(
    chromium: Browser, origin: str, language: str, script: bool
) -> None:
    with opened(chromium, origin, java_script_enabled=script, viewport={"width": 700, "height": 1100}) as watched:
        page = watched.page
        page.emulate_media(media="print")
        page.goto(f"{origin}table.{language}.default.html")
        assert page.locator("[data-trials] thead th:visible").count() == 9
        assert (
            page.locator("[data-trials] tbody tr").first.evaluate("(row) => getComputedStyle(row).display")
            == "table-row"
        )
        frame = page.locator(".lr-trials__frame").bounding_box()
        head = page.locator('[data-trials] thead th[data-column="trial"]').bounding_box()
        first = page.locator("[data-trials] tbody tr").first.locator(".lr-trials__name").bounding_box()
        assert frame is not None
        assert head is not None
        assert first is not None
        for cell in page.locator("[data-trials] thead th:visible").all():
            box = cell.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        assert first["y"] >= head["y"] + head["height"]


def test_on_paper_more_columns_than_fit_become_cards(chromium: Browser, origin: str) -> None:
    everything = ",".join(column.id for column in project_vocabulary().columns)
    with opened(chromium, origin, viewport={"width": 700, "height": 1100}) as watched:
        page = watched.go(f"table.en.default.html?columns={everything}")
        page.emulate_media(media="print")
        assert overflow(page) == []
        expect(page.locator("[data-trials] thead")).to_be_hidden()
        expect(page.locator('[data-trials] tbody td[data-column="sponsor"]').first).to_be_visible()


def test_a_source_is_said_on_focus(visit: Watched) -> None:
    page = visit.go("trial.zh.default.html")
    source = page.locator(".lr-source").first
    source.focus()
    shown = source.evaluate("(element) => getComputedStyle(element, '::after').content")
    assert "来源" in shown or "attr" in shown
    source.click()
    assert page.url.partition("#")[2].startswith("source-")


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_plots_follow_light_and_dark(visit: Watched, scheme: str) -> None:
    page = visit.go(f"table.zh.{scheme}.html")
    colours = page.evaluate(
        """() => {
          const svg = document.querySelector(".lr-plot__wide svg");
          const of = (selector) => getComputedStyle(svg.querySelector(selector)).fill;
          return [of("text.lr-f-ink"), of(".lr-f-link:not(text)")];
        }"""
    )
    assert colours[0] != colours[1]
    dark = scheme == "slate"
    level = int(re.findall(r"\d+", colours[0])[0])
    assert (level > 128) is dark


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["table", "trial"])
def test_axe_and_the_policy_find_nothing(visit: Watched, language: str, name: str) -> None:
    for scheme in ("default", "slate"):
        page = visit.go(f"{name}.{language}.{scheme}.html")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.response["violations"] == [], found.generate_report()
    assert visit.complaints == []
    assert visit.foreign == []
