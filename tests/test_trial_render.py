"""Table, page, counts: every figure from the data, everything escaped, the same places in every language."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from livingreview.data_package import PackageInfo, export_data
from livingreview.plot_ladder import render_ladder
from livingreview.plot_landscape import render_landscape
from livingreview.plot_outcomes import render_outcomes
from livingreview.trial_cells import TrialLinks
from livingreview.trial_facts import (
    counted_on_ladder,
    facet_filter,
    filter_trials,
    grouped,
    ordered_trials,
    participants,
    tally,
    trial_facts,
    trial_year,
)
from livingreview.trial_markup import Html, html, joined, tag
from livingreview.trial_page import SECTIONS, TrialClaim, TrialPageParts, render_trial_page, section_ids
from livingreview.trial_table import render_trial_table
from livingreview.trial_tallies import render_bottom_line, render_ladder_table
from livingreview.trial_wording import Wording
from livingreview.trials import Trial
from livingreview.vocabulary import load_vocabulary
from trial_support import (
    TRIAL,
    VOCABULARY,
    by_id,
    changed,
    project_trial,
    project_trials,
    project_vocabulary,
    small_trial,
    small_vocabulary,
)

LINKS = TrialLinks(trial=lambda name: f"{name}/", claim=lambda name: f"../audit/#{name}", table="./")
INFO = PackageInfo("trials", "Trials", "Test", "1.0.0", "2026-11-23")


class _Reader(HTMLParser):
    """Collects elements, attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(name)
        self.attributes.extend(attributes)
        if name not in ("input", "br"):
            self.open.append(name)

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> _Reader:
    """Parse markup whose elements must all be closed in order."""
    reader = _Reader()
    reader.feed(markup)
    assert reader.open == []
    return reader


def shows(markup: str, number: int) -> bool:
    """Whether a whole number stands in a markup, not as part of a coordinate."""
    return re.search(rf"(?<![\d.]){number}(?![\d.])", markup) is not None


def everything(trials: tuple[Trial, ...], language: str) -> dict[str, str]:
    """Return all that is rendered and exported of some trials, by name."""
    vocabulary = project_vocabulary()
    files = export_data(trials, vocabulary, {}, b"{}", b"{}", INFO)
    return {
        "table": render_trial_table(trials, vocabulary, language, LINKS),
        "page": render_trial_page(trials[0], by_id(trials), vocabulary, language, LINKS),
        "bottom line": render_bottom_line(trials, vocabulary, language, LINKS),
        "ladder": render_ladder(trials, vocabulary, language, LINKS),
        "landscape": render_landscape(trials, vocabulary, language, LINKS),
        **{name: content.decode("utf-8-sig") for name, content in files.items()},
    }


def test_markup_escapes_whatever_is_not_markup() -> None:
    assert tag("p", "<b>", Html("<i></i>"), title='"&') == '<p title="&quot;&amp;">&lt;b&gt;<i></i></p>'
    assert tag("input", checked=True, disabled=False, data_x=None) == "<input checked>"
    assert html(["a", None, 3]) == "a3"
    assert joined(", ", ["<", "", None, "x"]) == "&lt;, x"
    with pytest.raises(TypeError):
        html(object())


def test_no_data_become_markup_style_or_script() -> None:
    text = TRIAL.replace("TEA,", "'<script>alert(1)</script>',").replace("Tee gegen Placebo", "'\" onclick=\"x'")
    text = text.replace("Erster Satz. Zweiter Satz.", "'<img src=x onerror=x>'").replace("a copy", "'<b style=x>'")
    trial = small_trial(text.replace("Leafy", "'javascript:x'"))
    vocabulary = small_vocabulary()
    for language in ("de", "en"):
        for markup in (
            render_trial_table([trial], vocabulary, language, LINKS),
            re.sub(
                r"^#.*$", "", render_trial_page(trial, by_id([trial]), vocabulary, language, LINKS), flags=re.MULTILINE
            ),
            render_bottom_line([trial], vocabulary, language, LINKS),
            render_landscape([trial], vocabulary, language, LINKS),
            render_ladder([trial], vocabulary, language, LINKS),
            render_outcomes([trial], vocabulary, language, LINKS),
        ):
            found = read(markup)
            assert not {"script", "img", "style", "iframe", "b"} & set(found.tags)
            names = [name for name, _ in found.attributes]
            assert "style" not in names
            assert not [name for name in names if name.startswith("on")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_changed_figure_changes_everywhere(language: str) -> None:
    before = project_trial("pace")
    assert before.flow is not None
    assert before.flow.randomized is not None
    count = before.flow.randomized.model_copy(update={"n": 219})
    arms = (before.arms[0].model_copy(update={"n": 149}), *before.arms[1:])
    after = before.model_copy(update={"flow": before.flow.model_copy(update={"randomized": count}), "arms": arms})
    old, new = everything((before,), language), everything((after,), language)
    for name in old:
        if name in ("data/outcomes.csv", "data/claims.json", "data/glossary.json", "data/datapackage.json"):
            continue
        assert shows(new[name], 219), name
        assert not shows(old[name], 219), name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_changed_effect_changes_everywhere(language: str) -> None:
    vocabulary = project_vocabulary()
    before = project_trial("pace")
    effect = before.outcomes[0].effect
    assert effect is not None
    outcome = before.outcomes[0].model_copy(update={"effect": effect.model_copy(update={"ci95": (0.53, 1.77)})})
    after = before.model_copy(update={"outcomes": (outcome, *before.outcomes[1:])})
    for markup in (
        render_trial_page(after, by_id([after]), vocabulary, language, LINKS),
        render_outcomes([after], vocabulary, language, LINKS),
        *(
            export_data([after], vocabulary, {}, b"{}", b"{}", INFO)[f"data/{name}"].decode("utf-8-sig")
            for name in ("outcomes.csv", "trials.json")
        ),
    ):
        assert "1.77" in markup
    # once in each drawing, in each description, and in the table behind them
    assert render_outcomes([after], vocabulary, language, LINKS).count("1.77") >= 5


# ---- facts and counts


def test_facts_are_those_of_the_treated_arms() -> None:
    facts = trial_facts(project_trial("arango-rodriguez-2023"), project_vocabulary())
    assert facts["cells"] == ("msc",)
    assert facts["cell-source"] == ("whartons-jelly",)


def test_participants_are_counted_by_one_rule() -> None:
    counted = {trial.id: participants(trial) for trial in project_trials()}
    pace, noma, mohamed = counted["pace"], counted["noma"], counted["mohamed-2020"]
    assert (pace.n, pace.stage) == (213, "randomized") if pace else False
    assert (noma.n, noma.planned) == (90, True) if noma else False
    assert (mohamed.n, mohamed.stage) == (4, "treated") if mohamed else False
    assert counted["gupta-2023"] is None


def test_years_are_of_the_start_else_of_the_first_report() -> None:
    pace = trial_year(project_trial("pace"), {"norgren2024pace": 2024})
    bura = trial_year(project_trial("bura-2014-acelldream"), {"bura2014phase": 2014})
    assert pace is not None
    assert bura is not None
    assert ((pace.year, pace.of), (bura.year, bura.of)) == ((2017, "start"), (2014, "report"))
    assert trial_year(project_trial("das-2013"), {}) is None


def test_filters_take_facets_facts_and_wider_terms() -> None:
    vocabulary, trials = project_vocabulary(), project_trials()
    perinatal = filter_trials(trials, facet_filter({"source": "perinatal", "review": ["in"]}, vocabulary), vocabulary)
    assert {trial.id for trial in perinatal} == {
        "ashoobi-2024",
        "shirbaghaee-2023",
        "circulate-no-cli-pilot",
        "pace",
        "arango-rodriguez-2023",
    }
    assert facet_filter({"cell-source": "placenta"}, vocabulary) == {"cell-source": ["placenta"]}
    for options in ({"colour": "red"}, {"source": "stem"}):
        with pytest.raises(ValueError, match=r"there is no filter|is no value"):
            facet_filter(options, vocabulary)


def test_other_cells_are_counted_apart() -> None:
    counted = {trial.id for trial in counted_on_ladder(project_trials(), project_vocabulary())}
    assert "pace" in counted
    assert not {"teraa-2015", "tact-adrc", "powell-2012", "marino-2013", "nct03111238"} & counted


def test_planned_people_are_never_added_to_those_who_took_part() -> None:
    found = tally([project_trial("pace"), project_trial("noma"), project_trial("gupta-2023")])
    assert (found.people, found.planned_only, found.without_people) == (213, 90, 1)


def test_every_trial_stands_in_one_group_and_on_one_rung() -> None:
    vocabulary, trials = project_vocabulary(), project_trials()
    for groups, some in ((vocabulary.groups, trials), (vocabulary.ladder, counted_on_ladder(trials, vocabulary))):
        placed = [trial.id for _, found in grouped(some, groups, vocabulary) for trial in found.trials]
        assert sorted(placed) == sorted(trial.id for trial in some)


def test_a_total_counts_and_does_not_list_the_trials_once_more() -> None:
    vocabulary, trials = project_vocabulary(), project_trials()
    totals = re.findall(r'<tr[^>]*class="lr-tally__total".*?</tr>', render_bottom_line(trials, vocabulary, "en", LINKS))
    assert totals
    assert not [row for row in totals if "<li" in row]
    assert "lr-tally__total" not in render_ladder_table(trials, vocabulary, "en", LINKS)


# ---- table


def test_the_table_is_complete_without_a_script() -> None:
    vocabulary, trials = project_vocabulary(), project_trials()
    markup = render_trial_table(trials, vocabulary, "en", LINKS)
    read(markup)
    for trial in trials:
        assert markup.count(f'data-trial="{trial.id}"') == 1
        assert f'href="{trial.id}/"' in markup
    for column in vocabulary.columns:
        assert markup.count(f'data-column="{column.id}"') == len(trials) + 1


def test_the_reviews_own_trials_come_first() -> None:
    cited = [trial.in_review for trial in ordered_trials(project_trials(), project_vocabulary(), {})]
    assert cited == sorted(cited, reverse=True)


def test_the_small_table_has_its_own_columns_and_leads_to_the_whole() -> None:
    vocabulary = project_vocabulary()
    markup = render_trial_table(
        [project_trial("pace")], vocabulary, "zh", LINKS, columns=["trial", "dose"], controls=False
    )
    assert re.findall(r'<th role="columnheader"[^>]*data-column="([^"]+)"', markup) == ["trial", "dose"] or re.findall(
        r'data-column="(\w+)"', markup
    ) == ["trial", "dose", "trial", "dose"]
    assert "data-search" not in markup
    assert 'href="./"' in markup


def test_another_subject_in_other_languages() -> None:
    vocabulary = small_vocabulary()
    markup = render_trial_table([small_trial()], vocabulary, "de", LINKS)
    for word in ("Blatt", "Matcha", "Leafy", "213", "not-met-de"):
        assert word in markup
    assert "MSC" not in markup


def test_references_sort_by_their_numbers_then_papers_by_title() -> None:
    links = TrialLinks(places={"norgren2024pace": 0, "bura2014phase": 1})
    markup = render_trial_table(project_trials(), project_vocabulary(), "en", links)
    cells = r'data-trial="([^"]+)"(?:(?!data-trial).)*?data-column="reports"[^>]*data-key="([^"]+)"'
    keys = dict(re.findall(cells, markup))
    order = sorted(("pace", "bura-2014-acelldream", "gupta-2017"), key=keys.__getitem__)
    assert order == ["pace", "bura-2014-acelldream", "gupta-2017"]


# ---- bottom line and ladder


@pytest.mark.parametrize(("language", "words"), [("zh", "未达到"), ("en", "Not met")])
def test_the_neutral_result_cannot_be_missed(language: str, words: str) -> None:
    cited = [trial for trial in project_trials() if trial.in_review]
    for markup in (
        render_bottom_line(cited, project_vocabulary(), language, LINKS),
        render_ladder_table(cited, project_vocabulary(), language, LINKS),
    ):
        mark = re.search(r'lr-endpoint--not-met">(.*?)</ul>', markup)
        assert mark is not None
        assert words in mark[1]
        assert "PACE" in mark[1]
        assert "0.93" in mark[1]
        assert "0.788" in mark[1]


def test_counts_of_the_bottom_line_are_counts_of_the_data() -> None:
    cited = [trial for trial in project_trials() if trial.in_review]
    markup = render_bottom_line(cited, project_vocabulary(), "en", LINKS)
    total = markup[markup.rindex("Total") :]
    numbers = re.findall(r'class="lr-num[^"]*">(\d+)<', total)
    people = sum(found.n for trial in cited if (found := participants(trial)) and not found.planned)
    placebo = sum("placebo" in trial.design.control for trial in cited)
    assert numbers[:3] == [str(len(cited)), str(placebo), str(people)]


# ---- page


@pytest.mark.parametrize("trial", project_trials(), ids=lambda trial: trial.id)
def test_a_page_has_the_same_places_in_every_language(trial: Trial) -> None:
    vocabulary, trials = project_vocabulary(), project_trials()
    ids = []
    for language in vocabulary.languages:
        page = render_trial_page(trial, by_id(trials), vocabulary, language, LINKS)
        assert page.startswith("# ")
        read(re.sub(r"^#.*$", "", page, flags=re.MULTILINE))
        headings = re.findall(r"^## .* \{#([a-z-]+)\}$", page, flags=re.MULTILINE)
        assert headings == [name for name in SECTIONS if name in headings]
        anchors = re.findall(r' id="(source-[a-z0-9-]+)"', page)
        assert set(re.findall(r'href="#(source-[^"]+)"', page)) <= set(anchors)
        ids.append((*headings, *anchors))
    assert ids[0] == ids[1]
    assert ids[0] == section_ids(trial, with_citation=False)


def test_every_figure_says_its_source_on_hover_and_focus() -> None:
    page = render_trial_page(project_trial("pace"), by_id(project_trials()), project_vocabulary(), "en", LINKS)
    page = page[page.index("{#flow}") :]
    for figure in ("213 patients", "143 patients", "HR 0.93 (95% CI 0.53–1.63)", "28.6%", "76.6%", "300 × 10⁶ cells"):
        at = page.index(figure)
        assert 'class="lr-source" aria-label="Source: ' in page[at : at + 500], figure


def test_what_only_the_review_reports_is_marked() -> None:
    page = render_trial_page(project_trial("gupta-2013"), by_id(project_trials()), project_vocabulary(), "en", LINKS)
    rows = re.findall(r"<tr[^>]*>.*?</tr>", page)
    for figure in ("0.22", "19 mmHg", "3.92 mmHg"):
        row = next(row for row in rows if figure in row)
        assert "lr-outcome--review-only" in row
        assert "As reported by the review" in row
    assert sum("lr-outcome--review-only" in row for row in rows) == 4


def test_what_was_not_read_is_said() -> None:
    page = render_trial_page(project_trial("gupta-2023"), by_id(project_trials()), project_vocabulary(), "en", LINKS)
    assert "not reported in what was read" in page
    assert "Number enrolled" in page


def test_conflicts_show_both_values() -> None:
    page = render_trial_page(project_trial("pace"), by_id(project_trials()), project_vocabulary(), "en", LINKS)
    conflicts = page[page.index("{#conflicts}") : page.index("{#not-found}")]
    for value in ("Completed", "Terminated", "placebo 33%, PLX-PAD 28.6%", "PLX-PAD 33%, placebo 28.6%"):
        assert value in conflicts


def test_claims_and_references_are_placed_as_given() -> None:
    parts = TrialPageParts(
        claims=[TrialClaim("c124", "<mark>partly</mark>", "<p>said</p>", "<p>note</p>", "../x/#y")],
        reference=lambda key: f"<cite>{key}</cite>",
        cite="<div>panel</div>",
    )
    page = render_trial_page(project_trial("pace"), by_id(project_trials()), project_vocabulary(), "zh", LINKS, parts)
    for piece in ("<mark>partly</mark>", "<p>said</p>", "<cite>norgren2024pace</cite>", "panel", "../audit/#c124"):
        assert piece in page
    assert "{#cite}" in page


def test_addresses_of_what_was_read_are_never_links() -> None:
    allowed = ("https://doi.org/", "https://pubmed.ncbi.nlm.nih.gov/", "https://clinicaltrials.gov/study/")
    registries = ("https://www.clinicaltrialsregister.eu/", "https://irct.behdasht.gov.ir/", "https://jrct.mhlw.go.jp/")
    for trial in project_trials():
        page = render_trial_page(trial, by_id(project_trials()), project_vocabulary(), "en", LINKS)
        for address in re.findall(r'href="(https?://[^"]+)"', page):
            assert address.startswith((*allowed, *registries)), address


def test_a_changed_number_in_the_file_changes_the_small_page() -> None:
    page = render_trial_page(small_trial(changed("n: 240", "n: 239")), by_id([]), small_vocabulary(), "en", LINKS)
    assert "239 patients" in page


# ---- how generated lines read


def plain(markup: str) -> str:
    """Return the text of a markup, one space where elements meet a space."""
    return re.sub(r"\s+", " ", read(re.sub(r"^#.*$", "", markup, flags=re.MULTILINE)).text)


def test_within_a_line_labels_are_small_and_names_keep_their_capitals() -> None:
    vocabulary, trials = project_vocabulary(), project_trials()
    table = plain(render_trial_table(trials, vocabulary, "en", LINKS))
    for line in (
        "MSC-like cells, placenta, allogeneic, PLX-PAD",
        "MSCs, Wharton's jelly, allogeneic",
        "Randomized, double-blind",
        "Germany, United Kingdom, United States",
    ):
        assert line in table
    page = plain(render_trial_page(project_trial("pace"), by_id(trials), vocabulary, "en", LINKS))
    assert "Randomized, double-blind, allocation ratio 2:1" in page
    assert "registered as phase III" in page


def test_other_languages_keep_their_capitals_within_a_line() -> None:
    words = changed("green: {de: green-de, en: green-en}", "green: {de: Grüner, en: Green}", VOCABULARY)
    vocabulary, problems = load_vocabulary(words)
    assert problems == ()
    assert vocabulary is not None
    assert Wording(vocabulary, "de").continued("leaf", "green") == "Grüner"
    assert Wording(vocabulary, "en").continued("leaf", "green") == "green"


@pytest.mark.parametrize(
    ("trial", "language", "lines"),
    [
        ("lu-2011", "zh", ["注册为 I 期", "论文为先导研究", "随机、双盲，同一患者的两侧肢体互为对照"]),
        ("gupta-2017", "en", ["Nonrandomized, controlled, open-label"]),
        ("pace", "en", ["Used here: Completed. Registries and the sponsor's release differ."]),
        ("pace", "zh", ["本站采用：已完成。注册机构与申办方公告的说法不同。"]),
    ],
)
def test_generated_lines_read_as_written(trial: str, language: str, lines: list[str]) -> None:
    page = render_trial_page(project_trial(trial), by_id(project_trials()), project_vocabulary(), language, LINKS)
    page = plain(re.sub(r"<sup.*?</sup>", "", page))
    for line in lines:
        assert line in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_result_of_an_endpoint_stands_apart_from_what_was_measured(language: str) -> None:
    for markup in (
        render_trial_table(project_trials(), project_vocabulary(), language, LINKS),
        render_trial_page(project_trial("lu-2011"), by_id(project_trials()), project_vocabulary(), language, LINKS),
    ):
        after = re.findall(r'lr-endpoint--[a-z-]+">[^<]*</span>([^/]{0,40})', markup)
        assert after
        assert all(re.match(r"\s*(<|$)", text) for text in after), after


def test_an_arm_with_only_a_note_shows_that_nothing_was_given() -> None:
    page = render_trial_page(project_trial("qin-2016"), by_id(project_trials()), project_vocabulary(), "en", LINKS)
    cell = page[page.index("38 limbs") - 200 : page.index("38 limbs") + 200]
    assert re.search(r"—</span> ?<span class=\"lr-trial__note\">38 limbs", cell)


def test_claims_of_one_place_share_its_text() -> None:
    claims = [
        TrialClaim("c124", "<mark>partly</mark>", "<p>said</p>", "<p>note</p>", "../x/#y"),
        TrialClaim("c125", "<mark>opinion</mark>", "", "", "../x/#y"),
    ]
    page = render_trial_page(
        project_trial("pace"), by_id(project_trials()), project_vocabulary(), "zh", LINKS, TrialPageParts(claims=claims)
    )
    (group,) = re.findall(r'<ul class="lr-trial__claims"><li>(.*?)</li></ul>', page)
    assert group.index("partly") < group.index("opinion") < group.index("said") < group.index("note")


def test_trials_counted_apart_are_listed_as_the_language_lists() -> None:
    table = plain(render_ladder_table(project_trials(), project_vocabulary(), "zh", LINKS))
    note = re.search(r"不计入：(.*?)（", table)
    assert note is not None
    assert "、" in note[1]
    assert ", " not in note[1]
