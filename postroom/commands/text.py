"""`--file F`: a person's words, from a file or from standard input. It reads a text in UTF-8, and nothing else."""

import sys
from pathlib import Path

from postroom.cli import Refused

LONGEST = 2**20  # octets: more is no letter


def read_text(path: str) -> str:
    """Raises Refused, in one line, for what cannot be read, is empty, too long, or no text."""
    try:
        raw = _read(path)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from None
    if len(raw) > LONGEST:
        raise Refused(f"{path} has more than {LONGEST} octets: write less, and send it along with --attach")
    text = _decoded(raw)
    if text is None:
        raise Refused(f"{path} cannot be read: not a text in UTF-8")
    if not text.strip():
        raise Refused(f"{path} is empty: a mail without words is not sent")
    return text


def _read(path: str) -> bytes:
    if path != "-":
        with Path(path).open("rb") as file:
            return file.read(LONGEST + 1)
    return sys.stdin.buffer.read(LONGEST + 1)


def _decoded(raw: bytes) -> str | None:
    """None for what is no text."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
