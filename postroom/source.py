"""Source: where the configuration comes from, and the one line that refuses it. It reads nothing, and shows no secret."""

from dataclasses import dataclass
from pathlib import Path

from postroom.environment import variable

LONGEST = 80  # characters of a wrong value that are shown
# What is written where a whole table is missing.
TABLES = {
    "mailbox": "add a [[mailbox]] with role, address and imap",
    "smtp": "add [smtp] with host and from",
}


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line that names file, key, value and mend."""


class NoConfig(ConfigError):
    """Nothing is configured here: no file, and nothing in the environment."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, which need not be there, and the variables that overrule it."""

    path: Path
    variables: frozenset[str]

    def __str__(self) -> str:
        return str(self.path)

    def refuse(self, key: str, value: object, mend: str) -> ConfigError:
        return ConfigError(f'{self.of(key)} is "{str(value)[:LONGEST]}": {mend}')

    def missing(self, key: str, mend: str = "") -> ConfigError:
        mend = mend or TABLES.get(key) or f"add it, or set {variable(key)}"
        return ConfigError(f"{self.of(key)} is missing: {mend}")

    def of(self, key: str) -> str:
        """The key and where it stands: the variable that sets it, or the file."""
        name = self.variable(key)
        return name if name == variable(key) else f"{name or self.path}: {key}"

    def variable(self, key: str) -> str:
        """The variable that sets a key, or a table around it; "" where it is the file."""
        steps = variable(key).split("__")
        names = ("__".join(steps[:count]) for count in range(len(steps), 0, -1))
        return next((name for name in names if name in self.variables), "")
