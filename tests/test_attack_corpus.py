"""A corpus of attacks by content: each is refused by name, or leaves nothing that runs in a real browser.

``tests/attacks/<kind>.yml`` lists payloads. Each is an edit of the clean review (see
``sites_support``), or a ``page`` text that ends a chapter in both languages. ``refused`` names
the code that stops the build and ``at`` the file it names; ``inert: true`` says that nothing
stops it: then what readers would get is rendered as the site renders it and opened in Chromium,
with the site's policy and without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import markdown
import pytest
import yaml
from playwright.sync_api import Browser

from browser_support import Watched, opened, serve
from contents import Contents
from livingreview import citing
from livingreview.checks import report
from livingreview.citations import parse_citations, unshield
from livingreview.loading import load_review
from livingreview.policy import apply_policy
from livingreview.problems import Problem, format_text
from livingreview.site import Site
from sites_support import apply_edits, copy_clean

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("attacks")]

FOLDER = Path(__file__).resolve().parent / "attacks"
ROOT = FOLDER.parents[1]
CORPUS = {
    (path.stem, payload["name"]): payload
    for path in sorted(FOLDER.glob("*.yml"))
    for payload in yaml.safe_load(path.read_text(encoding="utf-8"))
}
INERT = {name: payload for name, payload in CORPUS.items() if payload.get("inert")}

#: Which pages show what a kind of payload changes; page names given by a payload are added.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "bibtex": ("references", "causes", "trials/gauge-1950"),
    "terms": ("glossary", "causes", "compare/causes"),
    "data": ("audit", "trials", "trials/gauge-1950", "heights", "causes"),
    "yaml": ("index", "causes", "compare/causes", "trials"),
}
BY_DEFAULT = ("causes",)


def attacked(folder: Path, payload: Mapping[str, Any]) -> tuple[Site, list[Problem]]:
    """Return the clean review with one payload in it, and what is wrong with it."""
    root = copy_clean(folder / "review")
    for language in ("zh", "en") if "page" in payload else ():
        path = root / "docs" / language / "causes.md"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{payload['page']}\n", encoding="utf-8")
    for edit in payload.get("edits", ()):
        if "hex" in edit:
            (root / edit["file"]).write_bytes(bytes.fromhex(edit["hex"]))
        elif "fill" in edit:
            (root / edit["file"]).write_text(edit["fill"] * edit["times"], encoding="utf-8")
        else:
            apply_edits(root, [edit])
    review = load_review(root)
    problems = report(review)
    return Site(root, review, problems, "https://reader.example/"), problems


@pytest.fixture
def one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Format each list of references once: most payloads leave the bibliography alone."""
    made: dict[tuple[str, str], Any] = {}
    format_list = citing.format_bibliography

    def once(references: Any, language: str, root: Path) -> Any:
        key = (repr(references), language)
        if key not in made:
            made[key] = format_list(references, language, root)
        return made[key]

    monkeypatch.setattr(citing, "format_bibliography", once)


# -- rendering as the site does ----------------------------------------------------


def cited(site: Site, language: str, text: str) -> str:
    """Put the numbers of works where a page cites them."""
    groups, _ = parse_citations(text)
    cite = site.cite(language)
    for group in reversed(groups):
        text = text[: group.start] + cite(tuple(work.key for work in group.works)) + text[group.end :]
    return text


def content(site: Site, language: str, slug: str, text: str) -> tuple[str, list[Any]]:
    """Return a page's HTML and its table of contents."""
    extensions = ["toc", "attr_list", "tables", "pymdownx.superfences", site.extension()]
    options = {"tables": {"use_align_attribute": True}}
    renderer = markdown.Markdown(extensions=extensions, extension_configs=options)
    html = renderer.convert(cited(site, language, text))
    return site.finish_content(language, slug, html) + site.citing(language, slug), list(
        getattr(renderer, "toc_tokens", [])
    )


def frame() -> jinja2.Environment:
    """Return the site's own templates, set up as MkDocs does: nothing is escaped unless a template says so."""
    themes = ROOT / "overrides", Path(str(pytest.importorskip("material").__file__)).parent / "templates"
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(themes))  # noqa: S701 - as MkDocs has it
    env.filters["url"] = lambda value: value
    env.filters["script_tag"] = str
    return env


FRAME = frame()


def framed(site: Site, language: str, page: SimpleNamespace, html: str, toc: list[Any]) -> str:
    """Put a page's HTML into the parts of the frame that print titles and descriptions."""
    config = SimpleNamespace(
        site_name="Tides",
        site_description="",
        site_url="https://reader.example/",
        plugins={},
        theme=SimpleNamespace(language=language, favicon="favicon.svg"),
        extra=site.template_values(language),
    )
    nav = SimpleNamespace(items=[page], homepage=SimpleNamespace(url="./"))
    page.previous_page = page.next_page = page
    page.ancestors = []
    listed = Contents(FRAME, config)  # type: ignore[arg-type]
    words = SimpleNamespace(t=str)
    values = {"page": page, "config": config, "nav": nav, "lang": words, "contents": listed, "base_url": "."}
    main = FRAME.get_template("main.html")
    context = main.new_context(values)
    head = "".join("".join(main.blocks[name](context)) for name in ("site_meta", "htmltitle"))
    around = "".join(
        FRAME.get_template(f"partials/{name}.html").render(values) for name in ("nav", "pager", "footer", "kicker")
    )
    contents = "".join(f"<p>{token['name']}</p>" for token in toc)
    return (
        f"<!doctype html><html><head>{head}{site.head(language, page.slug, page.title, page.meta['description'])}"
        f"</head><body>{html}{around}{contents}</body></html>"
    )


def pages(site: Site, language: str, wanted: set[str]) -> Iterator[str]:
    """Yield the wanted pages of a language, generated ones too."""
    written = {slug for code, slug in site.review.chapters if code == language}
    generated = {} if wanted <= written else {page.slug: page for page in site.generated_pages(language)}
    for slug in sorted(wanted & (written | set(generated))):
        if slug in written:
            chapter = site.review.chapters[language, slug]
            text, title = site.page_markdown(language, slug), chapter.title
            meta = {"description": chapter.description, **site.page_meta(language, slug)}
        else:
            page = generated[slug]
            site.enter(language, slug)
            text, title, meta = page.markdown, page.title, {"description": page.description, **page.meta}
        html, toc = content(site, language, slug, text)
        known = SimpleNamespace(
            title=title, meta=meta, url=site.address(language, slug), slug=slug, canonical_url="", file=None
        )
        yield framed(site, language, known, unshield(html), toc)


def published(site: Site, kind: str, payload: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of what readers would get of a payload."""
    wanted = set(SHOWN.get(kind, BY_DEFAULT))
    given = {edit["file"] for edit in payload.get("edits", ())}
    wanted |= {slug for (_, slug), chapter in site.review.chapters.items() if chapter.path in given}
    for number, html in enumerate(pages(site, "en", wanted)):
        yield f"{number}.html", html.encode()
    for name in sorted(given):
        if name.startswith("docs/assets/"):
            yield name.removeprefix("docs/"), (site.root / name).read_bytes()


# -- what a browser makes of it ----------------------------------------------------

#: Everything in a document that could run, now or on a reader's click, or leave the site unasked.
TRACES = """() => {
  const found = [];
  const active = /^[\\s\\0-\\x20]*(javascript|vbscript|data:text|data:image.svg)/i;
  for (const one of document.querySelectorAll("*")) {
    const name = one.localName.toLowerCase();
    if (["iframe", "object", "embed", "base", "link"].includes(name) && !one.closest("head")) found.push(name);
    if (name === "script" && !["application/json", "application/ld+json"].includes(one.type)) found.push("script");
    if (name === "form" && one.hasAttribute("action")) found.push("form");
    if (name === "meta" && one.httpEquiv.toLowerCase() === "refresh") found.push("refresh");
    for (const { localName, value } of one.attributes) {
      const key = localName.toLowerCase();
      if (key.startsWith("on") || key === "style" || key === "srcdoc") found.push(`${name} ${key}`);
      if (["href", "src", "action", "formaction", "data", "to", "values"].includes(key) && active.test(value))
        found.push(`${name} ${key}=${value}`);
    }
  }
  return [...found, ...(window.pwned ? ["a script ran"] : [])];
}"""


def hold(folder: Path, kind: str, payload: Mapping[str, Any]) -> list[str]:
    """Write what readers would get of one payload, once with the policy and once without; return the addresses."""
    site, problems = attacked(folder / "source", payload)
    assert not any(problem.stops for problem in problems), format_text(problems)
    (site.root / "data" / "styles").symlink_to(ROOT / "data" / "styles")
    places = []
    for file, data in published(site, kind, payload):
        for variant in ("with", "without"):
            target = folder / "served" / variant / file
            target.parent.mkdir(parents=True, exist_ok=True)
            bare = file.endswith(".html") and file.count("/") == 0 and variant == "with"
            target.write_bytes(apply_policy(data.decode(), ()).encode() if bare else data)
            if not file.endswith(".xml"):
                places.append(f"{variant}/{file}")
    return places


def traces(seen: Watched, place: str) -> list[str]:
    """Open one document and return what it did or could do."""
    seen.page.goto(seen.origin + place, wait_until="load")
    found: list[str] = seen.page.evaluate(TRACES)
    return [f"{place}: {one}" for one in found]


@pytest.mark.parametrize(("kind", "name"), [name for name in CORPUS if name not in INERT])
def test_it_is_refused_by_name(kind: str, name: str, tmp_path: Path) -> None:
    payload = CORPUS[kind, name]
    _, problems = attacked(tmp_path, payload)
    stops = {(problem.code, problem.path) for problem in problems if problem.stops}
    assert (payload["refused"], payload["at"]) in stops, format_text(problems)


def test_what_is_not_refused_is_inert(chromium: Browser, one_list: None, tmp_path: Path) -> None:
    places = []
    for number, ((kind, _), payload) in enumerate(INERT.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "source").mkdir()
        places += [f"{number}/served/{place}" for place in hold(folder, kind, payload)]
    said: list[str] = []
    with serve(tmp_path) as address, opened(chromium, address) as seen:
        seen.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        found = [one for place in places for one in traces(seen, place)]
        assert found == [], "\n".join(found)
        assert said == []
        assert seen.foreign == []


@pytest.mark.parametrize(
    "kind",
    ["markdown", "attribute-lists", "html", "yaml", "bibtex", "svg", "directives", "file-names", "terms", "data"],
)
def test_every_way_in_is_tried_five_times(kind: str) -> None:
    assert sum(known == kind for known, _ in CORPUS) >= 5


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 90


def test_the_browser_notices_what_runs(chromium: Browser, tmp_path: Path) -> None:
    page = '<!doctype html><html><head><meta charset="utf-8"></head><body><img src=x onerror=top.pwned=1></body></html>'
    (tmp_path / "without.html").write_text(page, encoding="utf-8")
    (tmp_path / "with.html").write_text(apply_policy(page, ()), encoding="utf-8")
    with serve(tmp_path) as address, opened(chromium, address) as seen:
        assert traces(seen, "with.html") == ["with.html: img onerror"]
        assert traces(seen, "without.html") == ["without.html: img onerror", "without.html: a script ran"]
