"""Verb: what a `run` does. Several runs on one PostgreSQL may share the verbs out among them."""

from enum import StrEnum


class Verb(StrEnum):
    """In the order in which `run --once` does them."""

    RECEIVE = "receive"
    PROCESS = "process"
    AGE = "age"  # all that time brings about: timers, and digests
    DELIVER = "deliver"
    WEB = "web"  # the pages; never with --once

    @classmethod
    def _missing_(cls, value: object) -> "Verb | None":
        return cls.WEB if value == "dashboard" else None  # as people call them


ALL = frozenset(Verb)


def verbs(words: str) -> frozenset[Verb]:
    """`receive,process`: each of them once or more. Raises ValueError that names the word that is none."""
    found: set[Verb] = set()
    for word in words.split(","):
        try:
            found.add(Verb(word.strip()))
        except ValueError:
            raise ValueError(f'"{word.strip()}" is no verb: name any of {",".join(Verb)}') from None
    return frozenset(found)
