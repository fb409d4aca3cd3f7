"""Asks the person at the keyboard, or takes what was given on the command line. What cannot be used is asked again."""

import shutil
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import click

from postroom.cli import Refused
from postroom.line import one_line
from postroom.source import ConfigError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Asker:
    """`given` holds answers by the name of their option; `silent` takes the default of every other question."""

    given: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False

    def ask(self, option: str, words: str, default: str | None, read: Callable[[str], Value]) -> Value:
        """The answer as `read` makes it. Raises ConfigError for a given one that is wrong; Refused where one is missing."""
        if option in self.given or self.silent:
            return self._settled(option, default, read)
        while True:
            text = click.prompt(words, default=default, show_default=bool(default)).strip()
            try:
                return read(text)
            except ValueError as error:
                self.say(f"  {error}")

    def secret(self, words: str) -> str:
        """A password, which is not shown; "" where none was typed. Raises Refused where nobody can be asked."""
        if self.silent:
            raise Refused("nobody can be asked for a password: name its file with --password-file")
        text: str = click.prompt(words, default="", show_default=False, hide_input=True)
        return text

    def confirm(self, words: str, *, default: bool | None) -> bool:
        """Without a default (None) the person has to say it, and where nobody can the answer is no."""
        return bool(default) if self.silent else click.confirm(words, default=default)

    def say(self, words: str = "") -> None:
        """A line, broken between words at a terminal; what comes from a server cannot steer that."""
        line = one_line(words)
        if sys.stdout.isatty():
            indent = " " * (len(line) - len(line.lstrip()))
            width = shutil.get_terminal_size().columns
            line = textwrap.fill(line, width, subsequent_indent=f"{indent}  ", break_on_hyphens=False) or line
        click.echo(line)

    def say_all(self, text: str) -> None:
        for line in text.splitlines():
            self.say(line)

    def _settled(self, option: str, default: str | None, read: Callable[[str], Value]) -> Value:
        text = self.given.get(option, default)
        if text is None:
            raise ConfigError(f"--{option} is missing: nothing is asked with --yes")
        try:
            return read(text)
        except ValueError as error:
            raise ConfigError(f'--{option} is "{text[:80]}": {error}') from None
