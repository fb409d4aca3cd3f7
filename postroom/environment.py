"""What the environment says of the configuration: POSTROOM_MAILBOX__0__IMAP__HOST and its kin. It only reads names."""

from collections.abc import Mapping
from itertools import pairwise
from math import inf
from typing import Any

import msgspec

PREFIX = "POSTROOM_"
# These steer the program itself and are no keys of the file.
NOT_KEYS = frozenset({"POSTROOM_CONFIG", "POSTROOM_CLOCK_OFFSET", "POSTROOM_FAILPOINT", "POSTROOM_CORPUS"})


def variables(environment: Mapping[str, str]) -> frozenset[str]:
    """The names that stand for keys of the configuration."""
    return frozenset(name for name in environment if name.startswith(PREFIX) and name not in NOT_KEYS)


def variable(key: str) -> str:
    """The name that stands for a key: mailbox[0].imap.host is POSTROOM_MAILBOX__0__IMAP__HOST."""
    return PREFIX + key.replace("[", "__").replace("]", "").replace(".", "__").upper()


def overlay(settings: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the file with those of the environment laid over them; tables before what is in them.

    Raises ValueError that names the variable when its path or its value cannot stand in the file.
    """
    for path, name in sorted((_path(name), name) for name in variables(environment)):
        _put(settings, name, [step for _, step in path], _value(name, path[-1][1], environment[name]))
    return settings


def _path(name: str) -> list[tuple[float, str]]:
    """The steps of a name, so that they sort as numbers where they are numbers: item 10 comes after item 9."""
    steps = name.removeprefix(PREFIX).lower().split("__")
    return [(int(step) if step.isdecimal() else inf, step) for step in steps]


def _value(name: str, key: str, text: str) -> Any:
    """Lists and tables are written as JSON; everything else, and a password always, is the text as it stands."""
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError(f"{name} is no text in UTF-8: write it in UTF-8")
    if text[:1] not in {"[", "{"} or key.endswith("password"):
        return text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text


def _put(settings: dict[str, Any], name: str, path: list[str], value: Any) -> None:
    here: Any = settings
    for step, following in pairwise(path):
        place = _place(here, name, step)
        if isinstance(here, list) and place == len(here):
            here.append(_empty(following))
        elif isinstance(here, dict):
            here.setdefault(place, _empty(following))
        here = here[place]
    place = _place(here, name, path[-1])
    if isinstance(here, list) and place == len(here):
        here.append(value)
    else:
        here[place] = value


def _empty(following: str) -> Any:
    return [] if following.isdecimal() else {}


def _place(here: Any, name: str, step: str) -> Any:
    """Where a step leads from here. Gaps in a list are refused, so that no mailbox is half there."""
    if isinstance(here, dict):
        return step
    if not isinstance(here, list):
        raise ValueError(f'{name}: "{step}" is below a plain value: mend its spelling')  # noqa: TRY004 - the name is wrong
    if not step.isdecimal() or int(step) > len(here):
        raise ValueError(f'{name}: "{step}" is no item of that list, which has {len(here)} so far: number them from 0')
    return int(step)
