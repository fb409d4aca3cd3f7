"""Phrasebook: the words of pages, and of links to them, in each language (templates/words.toml). It decides nothing."""

import tomllib
from functools import cache
from importlib.resources import files

ENGLISH = "en"
LANGUAGES = (ENGLISH, "de", "fr", "es")


def spoken(language: str) -> str:
    """The language to use for a text of that one: itself, or English."""
    return language if language in LANGUAGES else ENGLISH


def say(language: str, key: str, **facts: object) -> str:
    """The text of that key. KeyError where there is none, or a fact is missing."""
    return _texts()[key][spoken(language)].format(**facts)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("templates").joinpath("words.toml").read_text("utf-8"))
