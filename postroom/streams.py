"""Streams and words as a shell hands them over, made fit for a command. It reads and prints nothing."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper


def mend_streams() -> None:
    """A terminal that lacks a letter shows another one; what the caller has closed is as if empty."""
    if None in {sys.stdin, sys.stdout, sys.stderr}:
        _fill()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fill() -> None:
    # Else the database would be opened as stream 1 or 2, and written over by whoever prints there.
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the end
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def mended(words: Sequence[str]) -> list[str]:
    """The words of a command line as UTF-8, whatever the locale took them for; what is none stays as it came."""
    return [_mended(word) for word in words]


def _mended(word: str) -> str:
    if word.isascii():
        return word
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeError:
        return word
