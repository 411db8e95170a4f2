"""Writing so that a kill at any moment leaves the old or the new, never a half.

In go bytes for a file, or a directory that has been built beside the one it
replaces; what comes out is on disk whole or not at all. A file is written to a
temporary name in the same directory, flushed to the disk and renamed over the
old one. A directory is exchanged with the old one in a single step where the
kernel offers that (Linux, ``renameat2``), else moved in by two renames between
which :func:`recover_directory` can always tell what to put back. Locks are held
by the operating system, so a lock cannot outlive the process that took it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

#: Temporary files older than this (seconds) were left behind by a kill and may go.
STALE_AFTER = 3600.0

_POLL = 0.05
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class LockTimeoutError(TimeoutError):
    """Another process held the lock for longer than the caller was ready to wait."""


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the content of ``path`` in one step, creating its directory if need be.

    Permissions of an existing file are kept. ``OSError`` goes to the caller, the
    old content then being untouched and no temporary file left.
    """
    path = Path(os.path.realpath(path))  # write through a symbolic link instead of replacing it
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def write_text(path: Path, text: str) -> None:
    """Replace the content of ``path`` by ``text`` in UTF-8, line ends as they stand in ``text``."""
    write_bytes(path, text.encode("utf-8"))


@contextlib.contextmanager
def locked(path: Path, timeout: float = 60.0) -> Iterator[None]:
    """Hold an exclusive lock between processes on the file ``path`` while the block runs.

    Waits up to ``timeout`` seconds, then raises :class:`LockTimeoutError`. The file
    stays where it is when the lock is given up: removing it would let a third
    process lock a new file of that name while a second still waits for the old.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + timeout
    with path.open("a+b") as file:
        while not _try_lock(file.fileno()):
            if time.monotonic() >= deadline:
                raise LockTimeoutError(f"another run holds {path}. Wait for it to finish, or end it.")
            time.sleep(_POLL)
        try:
            yield
        finally:
            _unlock(file.fileno())


def swap_directory(new: Path, current: Path) -> None:
    """Put the directory ``new`` in the place of ``current``, whose content is then removed.

    Both must be on one file system. Killed at any moment, ``current`` afterwards
    is the old or the new directory, whole; where the kernel cannot exchange two
    directories it may be missing until :func:`recover_directory` is called, as
    this function does first.
    """
    recover_directory(current)
    if not new.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no new directory to put in place", str(new))
    aside = _aside(current)
    if not current.exists():
        new.rename(current)
    elif exchange(new, current):
        new.rename(aside)
    else:
        current.rename(aside)
        new.rename(current)
    _sync_directory(current.parent)
    shutil.rmtree(aside, ignore_errors=True)


def recover_directory(current: Path) -> bool:
    """Finish what a killed :func:`swap_directory` left behind; return whether the old one was put back.

    The directory set aside is always whole when ``current`` is missing, while the
    new one need not be. To be called before anything reads or builds ``current``.
    """
    aside = _aside(current)
    if not aside.is_dir():
        return False
    if current.exists():
        shutil.rmtree(aside, ignore_errors=True)
        return False
    aside.rename(current)
    return True


def exchange(one: Path, other: Path) -> bool:
    """Exchange two directories in one step; ``False`` where the system or file system cannot."""
    rename = _renameat2()
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """Return the C library's ``renameat2``, or ``None`` where there is none."""
    if sys.platform != "linux":
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    function.restype = ctypes.c_int
    return lambda *arguments: int(function(*arguments))


def _aside(current: Path) -> Path:
    return current.with_name(f"{current.name}.old")


def _sweep(path: Path) -> None:
    """Remove temporary files of ``path`` that a kill left behind long ago."""
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_AFTER:
                left.unlink()


def _sync_directory(path: Path) -> None:
    """Make a rename in ``path`` last through a power cut, where directories can be synced at all."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


if sys.platform == "win32":  # pragma: no cover - not the platform of the tests
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
