"""Templates as compiled, kept for the next language and the next build.

Compiling the theme's templates takes longer than reading a small review. One file holds them
all, with a digest in front: a file for each would take longer to write than some take to
compile. Jinja asks by a template's name and compares its source, so a changed one is compiled
anew; a kept file that is spoilt or cannot be written costs nothing but time.
"""

from __future__ import annotations

import hashlib
import marshal
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from livingreview.atomic import write_bytes

_DIGEST = hashlib.sha256().digest_size


class CompiledTemplates(BytecodeCache):
    """Gives Jinja the code of templates it has compiled before."""

    def __init__(self, root: Path) -> None:
        """Read what an earlier build kept below the root of the review, apart for each version of what compiles."""
        versions = "-".join((str(sys.implementation.cache_tag), *(version(name) for name in ("jinja2", "mkdocs"))))
        self.path = root / ".cache" / "livingreview" / f"templates-{versions}"
        self.codes = _read(self.path)
        self.changed = False

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template's code, if the same source was compiled before."""
        code = self.codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Take a template's code."""
        self.codes[bucket.key] = bucket.bytecode_to_string()
        self.changed = True

    def keep(self) -> None:
        """Write what is new; a review that cannot be written to does without."""
        if not self.changed:
            return
        data = marshal.dumps(self.codes)
        with suppress(OSError):
            write_bytes(self.path, hashlib.sha256(data).digest() + data)
        self.changed = False


def _read(path: Path) -> dict[str, bytes]:
    """Return the kept codes; none if there are none, or if the file is not what was written."""
    try:
        kept = path.read_bytes()
    except OSError:
        return {}
    digest, data = kept[:_DIGEST], kept[_DIGEST:]
    if hashlib.sha256(data).digest() != digest:
        return {}
    codes: dict[str, bytes] = marshal.loads(data)  # noqa: S302 - a cache of our own, whole by its digest
    return codes
