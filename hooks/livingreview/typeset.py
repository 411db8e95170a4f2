"""From the printed work's document to a PDF: tagged, archivable, its fonts inside, the same bytes each time.

In goes the document of :mod:`livingreview.paper`; out come the bytes of a PDF that
claims PDF/UA-1 (ISO 14289-1, accessible) and PDF/A-2a (ISO 19005-2, archivable);
the compiler refuses to write one that breaks their rules. Typst does the typesetting:
its Python package brings the compiler, asks the network for nothing, and sets
Chinese and Latin with the rules of each. Needed on the machine besides: a font
for the scripts that the package does not bring, which is asked for by name.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

#: What the PDF conforms to.
STANDARDS = ["a-2a", "ua-1"]

#: Fonts for scripts of ideographs, the best first, and what to do where none is installed.
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "STSong", "SimSun")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei")

#: Fonts for Latin letters: the first comes with the compiler.
_LATIN_SERIF = ("Libertinus Serif",)
_LATIN_SANS = ("Source Sans 3", "Noto Sans", "Liberation Sans", "DejaVu Sans")


class TypesettingError(RuntimeError):
    """The PDF could not be made; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font family and whether only its Latin part is wanted."""

    name: str
    latin: bool = False


def _first(wanted: Sequence[str], installed: Collection[str]) -> str | None:
    return next((name for name in wanted if name in installed), None)


def choose_fonts(installed: Collection[str]) -> dict[str, tuple[Font, ...]]:
    """Return the fonts to set text and headings in.

    Raises:
        TypesettingError: where no font for Chinese is installed.
    """
    serif, sans = _first(_SERIF, installed), _first(_SANS, installed)
    if serif is None and sans is None:
        raise TypesettingError(
            "no Chinese font was found. Install one and try again: `apt install fonts-noto-cjk` (Debian, Ubuntu), "
            "`dnf install google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts` (Fedora), "
            "`brew install font-noto-serif-cjk-sc font-noto-sans-cjk-sc` (macOS)."
        )
    latin_serif, latin_sans = _first(_LATIN_SERIF, installed), _first(_LATIN_SANS, installed)
    return {
        "serif": _family(latin_serif, serif or sans),
        "sans": _family(None if sans else latin_sans, sans or serif),
    }


def _family(latin: str | None, wide: str | None) -> tuple[Font, ...]:
    return tuple(Font(name, is_latin) for name, is_latin in ((latin, True), (wide, False)) if name)


def template() -> bytes:
    """Return the typesetting template."""
    return resources.files("livingreview").joinpath("templates", "book.typ").read_bytes()


def typeset(document: dict[str, Any]) -> bytes:
    """Return the PDF of a document. The same document and fonts give the same bytes.

    Raises:
        TypesettingError: where the compiler or a font is missing, or the compiler refuses the document.
    """
    try:
        import typst  # noqa: PLC0415 - 80 MB that only this command needs
    except ImportError as error:
        raise TypesettingError("the typesetter is not installed: pip install typst") from error
    families = choose_fonts(typst.Fonts().families())
    fonts = {name: [{"name": font.name, "latin": font.latin} for font in chosen] for name, chosen in families.items()}
    data = json.dumps({**document, "fonts": fonts}, ensure_ascii=False, sort_keys=True)
    # The package's stubs bind type variables that its own defaults leave open.
    compile_pdf: Any = typst.compile
    try:
        made: bytes = compile_pdf(
            template(), format="pdf", sys_inputs={"document": data}, pdf_standards=STANDARDS, timestamp=0
        )
    except typst.TypstError as error:
        hints = "".join(f" ({hint})" for hint in error.hints)
        raise TypesettingError(f"the typesetter refused the document: {error.message}{hints}") from error
    return made
