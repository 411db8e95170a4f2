"""Everything of a site that is no page: data files, downloads, feeds, pages at old addresses.

In goes the site; out come paths from the site's root and bytes, the same for the same review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingreview.addresses import redirect_pages, relative_address, render_redirect
from livingreview.data_package import PackageInfo, export_claims, export_data, export_glossary
from livingreview.publishing import current_addresses
from livingreview.reference_exports import export_references

if TYPE_CHECKING:
    from livingreview.site import Site


def _ordered_references(site: Site) -> dict[str, bytes]:
    known = {reference.key: reference for reference in site.review.references}
    ordered = [known[key] for key in site.numbering.keys if key in known]
    rest = [reference for key, reference in known.items() if key not in site.numbering.numbers]
    return export_references([*ordered, *rest])


def _redirects(site: Site) -> dict[str, bytes]:
    current = frozenset(current_addresses(site.review))
    files: dict[str, bytes] = {}
    for page in redirect_pages(site.review.redirects, current):
        language = next(
            (code for code, prefix in site.prefixes.items() if prefix and page.address.startswith(f"/{prefix}/")),
            site.review.source,
        )
        fragments = {name: relative_address(page.address, target) for name, target in page.fragments.items()}
        canonical = site.site_url.rstrip("/") + page.target
        html = render_redirect(relative_address(page.address, page.target), canonical, language, fragments)
        name = page.address + "index.html" if page.address.endswith("/") else page.address
        files[name.lstrip("/")] = html.encode()
    return files


def _data(site: Site) -> dict[str, bytes]:
    """The data set: trials, outcomes, claims, terms, and the package that describes them."""
    review, work = site.review, site.review.work
    if work is None:
        return {}
    home, latest = review.source, site.edition.edition.latest if site.edition else None
    english = next((code for code in (language.code for language in review.languages) if code == "en"), home)
    info = PackageInfo(
        name="living-review",
        title=work.title.get(english, work.title[home]),
        description=work.summary.get(english, work.summary.get(home, "")),
        version=latest.version if latest else "unreleased",
        created=work.dates.evidence_read,
        homepage=site.site_url,
        licence=work.license,
        licence_url=work.license_url,
        contributors=(work.author.get(english, work.author[home]),),
        source_title=work.article.title.get(english, work.article.title[home]),
        source_url=f"https://doi.org/{work.article.doi}",
    )
    years = {reference.key: int(reference.year) for reference in review.references if reference.year.isdigit()}
    statements = {
        claim.id: {
            language.code: block.text
            for language in review.languages
            if (block := review.block(language.code, claim.block)) is not None
        }
        for claim in review.claims
    }
    claims, glossary = export_claims(review.claims, statements), export_glossary(review.terms)
    return export_data(review.trials, site.vocabulary, years, claims, glossary, info)


def export_site(site: Site) -> dict[str, bytes]:
    """Return all files by path from the site's root."""
    files = {**_ordered_references(site), **_redirects(site), **_data(site)}
    if site.edition is not None:
        files.update(site.edition.files())
    return files
