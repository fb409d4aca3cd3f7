"""Verb: what a `run` does. Several runs on one PostgreSQL may share the verbs out among them."""

from enum import StrEnum


class Verb(StrEnum):
    """In the order in which `run --once` does them."""

    RECEIVE = "receive"
    PROCESS = "process"
    AGE = "age"  # all that time brings about: timers, and digests
    DELIVER = "deliver"
    WEB = "web"  # the pages; never with --once


ALL = frozenset(Verb)


def verbs(words: str) -> frozenset[Verb]:
    """`receive,process`: each of them once or more. Raises ValueError that names the word that is none."""
    found: set[Verb] = set()
    for word in words.split(","):
        if word.strip() not in set(Verb):
            raise ValueError(f'"{word.strip()}" is no verb: name any of {",".join(Verb)}')
        found.add(Verb(word.strip()))
    return frozenset(found)
