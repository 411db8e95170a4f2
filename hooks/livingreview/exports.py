"""Everything of a site that is no page: data files, downloads, feeds, pages at old addresses.

In goes the site; out come paths from the site's root and bytes, the same for the same review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livingreview.addresses import redirect_pages, relative_address, render_redirect
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


def export_site(site: Site) -> dict[str, bytes]:
    """Return all files by path from the site's root."""
    files = {**_ordered_references(site), **_redirects(site)}
    if site.edition is not None:
        files.update(site.edition.files())
    return files
