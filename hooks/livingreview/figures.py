"""Figures that explain: one source for all languages, and nothing in them that the text does not state.

In goes one YAML file a figure: a drawing (shapes with a named paint, labels in
each language) and numbered elements, each with a place in the drawing, a
sentence in each language, the claims it restates and the kind of evidence
behind them. Out comes HTML (an inline SVG and, beside it, the key that says the
same in words) or a free-standing SVG file. A number is linked to its claim in
both places; its outline tells the kind of evidence, in shape as well as colour.
Paints are names: what they look like is the style sheet's business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from html import escape
from typing import Annotated, Literal

from pydantic import Field, model_validator

from livingreview.border import Record, read_record
from livingreview.problems import Problem
from livingreview.yamlfile import YamlFile, parse_yaml

#: What a statement rests on, from the one nearest to a reader's patient to none that was seen.
Evidence = Literal["patients", "animal", "cell-culture", "not-checked"]
EVIDENCE: tuple[Evidence, ...] = ("patients", "animal", "cell-culture", "not-checked")

#: Text by language code.
Worded = Mapping[str, str]
Point = Annotated[list[float], Field(min_length=2, max_length=2)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
ClaimId = Annotated[str, Field(pattern=r"^c[0-9]{3,}$")]

#: Looks up a word of the site by key; gives the address of a claim.
Words = Callable[[str], str]
ClaimUrl = Callable[[str], str]


class Shape(Record):
    """One thing drawn: a path, a circle, an ellipse, a label or a motif used again."""

    paint: Name = "line"
    path: str = ""
    circle: list[float] | None = Field(None, min_length=3, max_length=3)
    ellipse: list[float] | None = Field(None, min_length=4, max_length=4)
    label: dict[str, str] | None = None
    motif: Name | None = None
    at: Point | None = None
    scale: float = 1
    turn: float = 0
    anchor: Literal["start", "middle", "end"] = "middle"

    @model_validator(mode="after")
    def _is_one_thing(self) -> Shape:
        given = [bool(self.path), self.circle is not None, self.ellipse is not None]
        given += [self.label is not None, self.motif is not None]
        if sum(given) != 1:
            raise ValueError("a shape is one of path, circle, ellipse, label, motif")
        if (self.label is not None or self.motif is not None) and self.at is None:
            raise ValueError("a label or a motif needs a place: `at: [x, y]`")
        return self


class Element(Record):
    """One numbered statement: where it stands in the drawing, what it says, what it rests on."""

    at: Point
    claims: list[ClaimId] = Field(min_length=1)
    evidence: list[Evidence] = Field(min_length=1)
    text: dict[str, str]
    part: Name | None = None


class Figure(Record):
    """A figure: ``size`` in the drawing's own units, ``drawing`` in the order of painting."""

    id: Name
    size: Point
    title: dict[str, str]
    description: dict[str, str]
    motifs: dict[str, list[Shape]] = Field(default_factory=dict)
    parts: dict[str, dict[str, str]] = Field(default_factory=dict)
    drawing: list[Shape]
    elements: list[Element]


# ---------- reading and checking ----------


def load_figure(text: str, path: str) -> tuple[Figure | None, tuple[Problem, ...]]:
    """Read one figure; the problems say what is wrong with it."""
    file = parse_yaml(text, path)
    if file.problems:
        return None, file.problems
    figure, problems = read_record(file, file.data, (), Figure)
    if figure is None:
        return None, problems
    return figure, (*problems, *_references(figure, file))


def _references(figure: Figure, file: YamlFile) -> Iterator[Problem]:
    """Find motifs and parts that are used and nowhere given."""
    for index, shape in enumerate(figure.drawing):
        if shape.motif is not None and shape.motif not in figure.motifs:
            message = f'no motif "{shape.motif}" under `motifs:`.'
            yield Problem(file.path, file.line("drawing", index), "data-field", message)
    for index, element in enumerate(figure.elements):
        if element.part is not None and element.part not in figure.parts:
            message = f'no part "{element.part}" under `parts:`.'
            yield Problem(file.path, file.line("elements", index), "data-field", message)


def _wordings(figure: Figure) -> Iterator[tuple[tuple[str | int, ...], Worded]]:
    """Yield every text of the figure with the key path where it stands."""
    yield ("title",), figure.title
    yield ("description",), figure.description
    for name, part in figure.parts.items():
        yield ("parts", name), part
    for index, shape in enumerate(figure.drawing):
        if shape.label is not None:
            yield ("drawing", index), shape.label
    for index, element in enumerate(figure.elements):
        yield ("elements", index), element.text


def check_figure(
    figure: Figure, file: YamlFile, languages: Collection[str], checked: Mapping[str, bool]
) -> Iterator[Problem]:
    """Find texts missing in a language, unknown claims, and evidence that nobody saw.

    ``checked`` holds every claim's id, and whether anything behind it was read.
    """
    for keys, worded in _wordings(figure):
        for language in languages:
            if not worded.get(language):
                yield Problem(file.path, file.line(*keys), "data-field", f'no text in "{language}". Add it.')
    for index, element in enumerate(figure.elements):
        line = file.line("elements", index)
        for claim in element.claims:
            if claim not in checked:
                yield Problem(file.path, line, "data-field", f"no claim {claim} in data/claims.yml.")
        seen = any(checked.get(claim, True) for claim in element.claims)  # an unknown claim is one problem, not two
        if not seen and element.evidence != ["not-checked"]:
            message = "nothing behind these claims was read: the evidence is not-checked."
            yield Problem(file.path, line, "data-field", message)


# ---------- drawing ----------


def _number(value: float) -> str:
    """Write a coordinate without a needless fraction."""
    return f"{value:g}"


def _tag(name: str, values: Mapping[str, str | float], content: str | None = None) -> str:
    """Return an element with its attributes escaped; closed in itself where it has no content."""
    written = "".join(
        f' {key}="{escape(value if isinstance(value, str) else _number(value))}"' for key, value in values.items()
    )
    return f"<{name}{written}/>" if content is None else f"<{name}{written}>{content}</{name}>"


def _render_shape(shape: Shape, figure: Figure, language: str) -> str:
    """Return one shape as SVG."""
    paint = {"class": f"lr-paint--{shape.paint}"}
    if shape.path:
        return _tag("path", {**paint, "d": shape.path})
    if shape.circle is not None:
        return _tag("circle", {**paint, **dict(zip(("cx", "cy", "r"), shape.circle, strict=True))})
    if shape.ellipse is not None:
        return _tag("ellipse", {**paint, **dict(zip(("cx", "cy", "rx", "ry"), shape.ellipse, strict=True))})
    x, y = shape.at or (0, 0)
    if shape.label is not None:
        return _tag(
            "text", {**paint, "x": x, "y": y, "text-anchor": shape.anchor}, escape(shape.label.get(language, ""))
        )
    move = f"translate({_number(x)} {_number(y)})"
    move += f" rotate({_number(shape.turn)})" if shape.turn else ""
    move += f" scale({_number(shape.scale)})" if shape.scale != 1 else ""
    inner = "".join(_render_shape(one, figure, language) for one in figure.motifs.get(shape.motif or "", ()))
    return _tag("g", {"transform": move}, inner)


#: The outline of a number, around its own centre: a disc, a square, a hexagon, a broken ring.
_OUTLINES: Mapping[Evidence, str] = {
    "patients": '<circle r="10.5"/>',
    "animal": '<rect x="-10" y="-10" width="20" height="20" rx="2"/>',
    "cell-culture": '<path d="M-12 0-6-10.4H6L12 0 6 10.4H-6Z"/>',
    "not-checked": '<circle r="10.5"/>',
}


def _pin(number: int | None, evidence: Evidence) -> str:
    """Return a number inside the outline of its evidence."""
    text = "" if number is None else f'<text text-anchor="middle" y="4.2">{number}</text>'
    return f'<g class="lr-pin lr-pin--{evidence}">{_OUTLINES[evidence]}{text}</g>'


def _number_sign(number: int | None, evidence: Evidence) -> str:
    """Return a number in its outline as a picture of its own, for the key and the legend."""
    attributes = {"class": "lr-plate__number", "viewBox": "-13 -13 26 26", "aria-hidden": "true"}
    return _tag("svg", attributes, _pin(number, evidence))


def _pins(figure: Figure, language: str, words: Words, claim_url: ClaimUrl | None) -> Iterator[str]:
    """Yield every element's number at its place, linked to its first claim where there is somewhere to link to."""
    for number, element in enumerate(figure.elements, 1):
        x, y = element.at
        place = f'<g transform="translate({_number(x)} {_number(y)})">{_pin(number, element.evidence[0])}</g>'
        if claim_url is None:
            yield place
            continue
        said = f"{number}. {element.text.get(language, '')} ({_evidence(element, words)})"
        yield f'<a href="{escape(claim_url(element.claims[0]))}" aria-label="{escape(said)}">{place}</a>'


def _evidence(element: Element, words: Words) -> str:
    return " + ".join(words(f"figure.evidence.{kind}") for kind in element.evidence)


def _picture(figure: Figure, language: str) -> str:
    return "".join(_render_shape(shape, figure, language) for shape in figure.drawing)


def _svg(figure: Figure, language: str, words: Words, claim_url: ClaimUrl) -> str:
    """Return the inline SVG; assistive technology gets its description and its links, not every stroke."""
    width, height = map(_number, figure.size)
    title, description = f"figure-{figure.id}-title", f"figure-{figure.id}-description"
    return (
        f'<svg class="lr-plate__drawing" viewBox="0 0 {width} {height}" role="group" '
        f'aria-labelledby="{title}" aria-describedby="{description}">'
        f'<title id="{title}">{escape(figure.title.get(language, ""))}</title>'
        f'<desc id="{description}">{escape(figure.description.get(language, ""))}</desc>'
        f'<g aria-hidden="true">{_picture(figure, language)}</g>'
        f"{''.join(_pins(figure, language, words, claim_url))}</svg>"
    )


# ---------- the key ----------


def _key_item(number: int, element: Element, language: str, words: Words, claim_url: ClaimUrl) -> str:
    name = words("claim")
    links = " ".join(
        _tag("a", {"class": "lr-claim", "href": claim_url(claim), "aria-label": f"{name} {claim}"}, claim)
        for claim in element.claims
    )
    return (
        f'<li class="lr-plate__item" value="{number}">{_number_sign(number, element.evidence[0])}'
        f"<div><p>{escape(element.text.get(language, ''))}</p>"
        f'<p class="lr-plate__evidence">{escape(_evidence(element, words))} {links}</p></div></li>'
    )


def _key(figure: Figure, language: str, words: Words, claim_url: ClaimUrl) -> Iterator[str]:
    """Yield the key: a list a part, in the order of the elements."""
    part: str | None = None
    opened = False
    for number, element in enumerate(figure.elements, 1):
        if not opened or element.part != part:
            if opened:
                yield "</ol>"
            if element.part is not None:
                yield f'<p class="lr-plate__part">{escape(figure.parts[element.part].get(language, ""))}</p>'
            yield '<ol class="lr-plate__key" role="list">'
            part, opened = element.part, True
        yield _key_item(number, element, language, words, claim_url)
    if opened:
        yield "</ol>"


def _kinds(figure: Figure) -> list[Evidence]:
    used = {kind for element in figure.elements for kind in element.evidence}
    return [kind for kind in EVIDENCE if kind in used]


def _legend(figure: Figure, words: Words) -> str:
    """Return what the outlines mean, for the kinds of evidence that the figure has."""
    items = "".join(
        f"<li>{_number_sign(None, kind)}{escape(words(f'figure.evidence.{kind}'))}</li>" for kind in _kinds(figure)
    )
    return f'<div class="lr-plate__legend"><p>{escape(words("figure.legend"))}</p><ul>{items}</ul></div>'


def render_figure(figure: Figure, language: str, words: Words, claim_url: ClaimUrl) -> str:
    """Return the figure as HTML: drawing, key and caption.

    ``words`` needs the keys ``claim``, ``figure.legend``, ``figure.credit`` and
    ``figure.evidence.<kind>``; ``claim_url`` gives an address relative to the page.
    """
    caption = f"<strong>{escape(figure.title.get(language, ''))}</strong> {escape(words('figure.credit'))}"
    return (
        f'<figure class="lr-figure lr-plate">'
        f'<div class="lr-plate__frame">{_svg(figure, language, words, claim_url)}'
        f'<div class="lr-plate__words">{"".join(_key(figure, language, words, claim_url))}</div></div>'
        f"{_legend(figure, words)}<figcaption>{caption}</figcaption></figure>"
    )


def render_file(figure: Figure, language: str, words: Words, style: str) -> str:
    """Return the drawing with its numbers as an SVG file of its own; ``style`` is the style sheet it carries."""
    width, height = map(_number, figure.size)
    sentences = " ".join(
        f"{number}. {element.text.get(language, '')} ({_evidence(element, words)})"
        for number, element in enumerate(figure.elements, 1)
    )
    description = f"{figure.description.get(language, '')} {sentences}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'class="lr-plate" xml:lang="{language}" role="img">\n'
        f"<title>{escape(figure.title.get(language, ''))}</title>\n<desc>{escape(description)}</desc>\n"
        f"<style>{escape(style, quote=False)}</style>\n"
        f"{_picture(figure, language)}{''.join(_pins(figure, language, words, None))}\n</svg>\n"
    )


def export_figures(
    figures: Iterable[Figure], languages: Iterable[str], words: Callable[[str], Words], style: str
) -> dict[str, bytes]:
    """Return every figure in every language as a file, by path from the site's root."""
    known = list(languages)
    return {
        f"assets/figures/{figure.id}.{language}.svg": render_file(figure, language, words(language), style).encode()
        for figure in figures
        for language in known
    }
