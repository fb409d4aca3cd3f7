"""The log: one line an event, with ids and never with what a mail says (reliability.md P4)."""

import logging
import re
import sys
import time

from postroom.line import one_line

_SAID = {"reason", "error"}
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:=]+@[^\s<>()\[\]\",;:=]+")
LOG = logging.getLogger("postroom")


def event(name: str, **facts: object) -> None:
    LOG.info("%s", _line(name, facts))


def trouble(name: str, **facts: object) -> None:
    LOG.warning("%s", _line(name, facts))


def start(*, quiet: bool = False) -> None:
    """Sends the log to standard error, where systemd and containers look for it; times are UTC."""
    handler = logging.StreamHandler(sys.stderr)
    form = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    form.converter = time.gmtime
    handler.setFormatter(form)
    LOG.handlers = [handler]
    LOG.setLevel(logging.WARNING if quiet else logging.INFO)
    LOG.propagate = False


def still() -> None:
    """Says nothing: for what tells all of it in its own words."""
    LOG.handlers = [logging.NullHandler()]
    LOG.propagate = False


def speaks() -> bool:
    """Whether it was started: another process of the same run is to do likewise."""
    return any(isinstance(one, logging.StreamHandler) for one in LOG.handlers)


def _line(name: str, facts: dict[str, object]) -> str:
    return " ".join(
        [name, *(f"{key}={_word(_said(value) if key in _SAID else value)}" for key, value in facts.items())]
    )


def _said(value: object) -> str:
    """What a server says often names whom a mail was for."""
    return _ADDRESS.sub("…@…", str(value))


def _word(value: object) -> str:
    """A value that starts no line and no fact of its own (T31)."""
    text = one_line(value)
    if text and not set(' "=') & set(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
