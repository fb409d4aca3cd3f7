"""The log: one line an event, with ids and never with what a mail says (reliability.md P4)."""

import logging
import sys

LOG = logging.getLogger("postroom")


def _word(value: object) -> str:
    text = str(value)
    # A log line is one line: nothing in a value may start another (T31).
    text = "".join(c if c.isprintable() else " " for c in text)
    return f'"{text}"' if " " in text or not text else text


def event(name: str, **facts: object) -> None:
    LOG.info("%s", " ".join([name, *(f"{key}={_word(value)}" for key, value in facts.items())]))


def trouble(name: str, **facts: object) -> None:
    LOG.warning("%s", " ".join([name, *(f"{key}={_word(value)}" for key, value in facts.items())]))


def start(*, quiet: bool = False) -> None:
    """Sends the log to standard error, where systemd and containers look for it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.WARNING if quiet else logging.INFO)
    LOG.propagate = False
