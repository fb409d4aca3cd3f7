"""What the environment says of the configuration: POSTROOM_MAILBOX__0__IMAP__HOST and its kin. It only reads names."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec

PREFIX = "POSTROOM_"
# These steer the program itself and are no keys of the file.
NOT_KEYS = frozenset({"POSTROOM_CONFIG", "POSTROOM_CLOCK_OFFSET", "POSTROOM_FAILPOINT", "POSTROOM_CORPUS"})


def overlay(settings: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the file with those of the environment laid over them, in the order of the names.

    Raises ValueError that names the variable when its path cannot stand in the file.
    """
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in NOT_KEYS:
            _put(settings, name, name[len(PREFIX) :].lower().split("__"), _value(environment[name]))
    return settings


def _value(text: str) -> Any:
    """Lists and tables are written as JSON; everything else is the text as it stands."""
    if text[:1] in {"[", "{"}:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
    return text


def _put(settings: dict[str, Any], name: str, path: list[str], value: Any) -> None:
    here: Any = settings
    for step, following in pairwise(path):
        here = _step(here, name, step, [] if following.isdigit() else {})
    if isinstance(here, list):
        _item(here, name, path[-1], value)
        here[int(path[-1])] = value
    elif isinstance(here, dict):
        here[path[-1]] = value
    else:
        raise ValueError(f"{name}: the path leads through a plain value")  # noqa: TRY004 - the value is wrong, not its type


def _step(here: Any, name: str, step: str, empty: Any) -> Any:
    if isinstance(here, list):
        _item(here, name, step, empty)
        return here[int(step)]
    if isinstance(here, dict):
        return here.setdefault(step, empty)
    raise ValueError(f'{name}: "{step}" leads through a plain value')


def _item(items: list[Any], name: str, step: str, empty: Any) -> None:
    """Makes place for one more item; gaps are refused, so that no mailbox is half there."""
    if not step.isdigit() or int(step) > len(items):
        raise ValueError(f'{name}: "{step}" is no item of that list, which has {len(items)} so far')
    if int(step) == len(items):
        items.append(empty)
