"""A configuration of the wrong shape: what msgspec found, in the words of someone who writes TOML. It shows no secret."""

import re
from typing import Any

from msgspec import inspect

from postroom.settings import Settings
from postroom.source import ConfigError, Source
from workflow.spelling import meant

FIELD = re.compile(r"Object (missing required|contains unknown) field `(.*)`", re.DOTALL)
STEP = re.compile(r"\[(\d+|\.\.\.)\]|\.?([^.\[]+)")
MENDS: dict[type[inspect.Type], str] = {
    inspect.BoolType: "write true or false",
    inspect.IntType: "write a whole number",
    inspect.FloatType: "write a number",
    inspect.ListType: 'write a list, such as ["…"]',
    inspect.StructType: "write a table",
    inspect.DictType: "write a table",
}


def explained(source: Source, raw: Any, text: str) -> ConfigError:
    """The refusal for a text of msgspec.ValidationError about `raw`, which was to be Settings."""
    problem, _, place = text.partition(" - at `$")
    place = place.removesuffix("`").lstrip(".")
    if not (match := FIELD.fullmatch(problem)):
        return _wrong(source, raw, place)
    kind, _, at = _at(place, raw)
    key = f"{at}.{match[2]}" if at else match[2]
    return source.missing(key) if match[1] == "missing required" else _unknown(source, kind, match[2], key)


def _unknown(source: Source, kind: inspect.Type, name: str, key: str) -> ConfigError:
    known = [field.encode_name for field in kind.fields] if isinstance(kind, inspect.StructType) else []
    mend = meant(name, known) or f"the keys are {', '.join(known)}"
    return ConfigError(f"{source.of(key)} is no key of postroom: {mend}")


def _wrong(source: Source, raw: Any, place: str) -> ConfigError:
    kind, value, key = _at(place, raw)
    mend = MENDS.get(type(kind), "write a text in quotes")
    if isinstance(kind, inspect.LiteralType):
        mend = f"write {' or '.join(str(one) for one in kind.values)}"
    # A table, and what stands in the place of one, may hold a password.
    tables = inspect.StructType | inspect.DictType | inspect.CustomType
    if isinstance(kind, tables) or isinstance(value, dict | list):
        return ConfigError(f"{source.of(key)} has a value of the wrong kind: {mend}")
    return source.refuse(key, value, mend)


def _at(place: str, raw: Any) -> tuple[inspect.Type, Any, str]:
    """What is wanted at a place that msgspec names, what stands there, and its key."""
    kind, key = inspect.type_info(Settings), ""
    for index, name in STEP.findall(place):
        if isinstance(kind, inspect.ListType):
            kind, raw, key = kind.item_type, _below(raw, int(index)), f"{key}[{index}]"
            continue
        kind, step = _field(kind, name, raw)
        raw, key = _below(raw, step), f"{key}.{step}".lstrip(".")
    return kind, raw, key


def _field(kind: inspect.Type, name: str, raw: Any) -> tuple[inspect.Type, str]:
    if isinstance(kind, inspect.DictType):
        # msgspec does not say which one of them it is.
        known = raw if isinstance(raw, dict) else {}
        return kind.value_type, next((one for one, value in known.items() if not _fits(kind.value_type, value)), "")
    assert isinstance(kind, inspect.StructType)  # noqa: S101 - nothing else has fields
    found = next(field.type for field in kind.fields if field.encode_name == name)
    return found.types[0] if isinstance(found, inspect.UnionType) else found, name


def _below(raw: Any, step: Any) -> Any:
    try:
        return raw[step]
    except (TypeError, LookupError):
        return None


def _fits(kind: inspect.Type, value: Any) -> bool:
    """Whether it is a whole number, or a table with the keys that it has to have, and no other."""
    if isinstance(kind, inspect.StructType):
        needed = {field.encode_name for field in kind.fields if field.required}
        return isinstance(value, dict) and needed <= value.keys() <= {field.encode_name for field in kind.fields}
    return type(value) is int or (isinstance(value, str) and value.lstrip("-").isdecimal())
