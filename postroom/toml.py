"""Reads postroom.toml, lays the environment over it, and gives Settings: every key of a known name and type, no more."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from postroom.environment import overlay, variables
from postroom.mismatch import explained
from postroom.secret import Secret
from postroom.settings import Settings
from postroom.source import ConfigError, NoConfig, Source

DEFAULT = Path("postroom.toml")


def settings(path: Path, environment: Mapping[str, str]) -> tuple[Source, Settings]:
    """Raises ConfigError; NoConfig where there is neither the usual file nor a variable."""
    source = Source(path, variables(environment))
    raw = _laid_over(_file(source), environment)
    try:
        return source, msgspec.convert(raw, Settings, strict=False, dec_hook=_secret)
    except msgspec.ValidationError as error:
        raise explained(source, raw, str(error)) from None


def _file(source: Source) -> dict[str, Any]:
    path = source.path
    try:
        # Some editors begin a file with a byte order mark.
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return _no_file(source)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}: name another file with --config") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is no text in UTF-8: save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None


def _no_file(source: Source) -> dict[str, Any]:
    """The environment alone is enough, unless a file was asked for by its name."""
    if source.path != DEFAULT:
        raise ConfigError(f"{source.path}: there is no such file: mend --config or POSTROOM_CONFIG")
    if not source.variables:
        raise NoConfig(f"{DEFAULT}: there is no such file here: postroom init writes one; or name it with --config")
    return {}


def _laid_over(raw: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        return overlay(raw, environment)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _secret(kind: type, value: object) -> Secret:
    """What msgspec asks where a Secret is wanted."""
    if kind is not Secret or not isinstance(value, str):
        raise TypeError
    return Secret(value)
