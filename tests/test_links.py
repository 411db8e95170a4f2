"""Ways between addresses."""

from __future__ import annotations

import posixpath
from urllib.parse import urljoin

from hypothesis import given
from hypothesis import strategies as st

from livingreview.links import way_to

_ADDRESS = st.lists(st.sampled_from(["a", "b", "en", "trials"]), max_size=4).map(
    lambda parts: "/" + "".join(f"{part}/" for part in parts)
)


@given(_ADDRESS, _ADDRESS)
def test_the_way_from_one_address_to_another_is_the_shortest(target: str, here: str) -> None:
    assert way_to(target, here) == posixpath.relpath(target, here) + "/"
    assert urljoin(f"http://host{here}", way_to(target, here)) == f"http://host{target}"
