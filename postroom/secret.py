"""Secret: a value that never prints. Reads secrets from where they may be kept, never from a command line."""

import stat
from pathlib import Path


class Secret:
    """A password or key. `reveal` is the only way to its value: no repr, no log, no copy as JSON shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"


class SecretError(Exception):
    """A secret cannot be had; the message names the file and the mend."""


def read_file(path: Path) -> str:
    """The content of a secret file without its line end.

    Raises SecretError where the file is missing, empty, or readable by everybody on this machine.
    """
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
        known_to_all = open_to_everybody(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise SecretError(f"{path} cannot be read: {reason}") from None
    if not text.strip():
        raise SecretError(f"{path} is empty: write the secret into it")
    if known_to_all:
        raise SecretError(f"{path} can be read by everybody on this machine: chmod 600 {path}")
    return text


def open_to_everybody(path: Path) -> bool:
    """Whether any user can read it: the file's own mode, and a way through every folder above it. Raises OSError."""
    absolute = path.resolve()
    return bool(absolute.stat().st_mode & stat.S_IROTH) and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in absolute.parents
    )


def read_credential(folder: str, name: str) -> str:
    """A systemd credential (systemd.exec(5), LoadCredential=); `folder` is CREDENTIALS_DIRECTORY. Raises SecretError."""
    if not folder:
        raise SecretError(f'credential "{name}": systemd gives none here: CREDENTIALS_DIRECTORY is not set')
    return read_file(Path(folder) / name)
