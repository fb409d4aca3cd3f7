"""Collect: the last mails of all that a person names: files, folders, mailboxes of the configuration. It changes nothing anywhere."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from postroom.config import Config
from postroom.letters import folder, mailbox, mbox
from postroom.letters.letter import Found, Letter, Trouble

FILES = 100_000  # of one folder, that are looked at for the last ones


def collect(
    sources: Sequence[str], last: int, config: Config | None, scratch: Path, now: datetime
) -> tuple[list[Letter], list[Trouble]]:
    """The last mails of all of them together, oldest first, and what could not be looked at."""
    found: Found = []
    for source in dict.fromkeys(sources):
        found += _of(source, last, config, scratch, now)
    letters = sorted((one for one in found if isinstance(one, Letter)), key=lambda letter: letter.received_at)
    return letters[-last:], [one for one in found if isinstance(one, Trouble)]


def _of(source: str, last: int, config: Config | None, scratch: Path, now: datetime) -> Found:
    path = Path(source)
    try:
        if path.is_dir():
            return folder.letters(path, max(last, FILES), now)
        if path.exists() or path.is_symlink():
            return mbox.letters(path, last, now) if _is_mbox(path) else [folder.letter(path, now)]
    except (OSError, ValueError) as error:
        return [Trouble(source, f"cannot be read: {getattr(error, 'strerror', None) or error}")]
    named = mailbox.named(config, source) if config else None
    if named is None or config is None:
        return [Trouble(source, _unknown(config))]
    return mailbox.letters(*named, config, last, scratch, now)


def _is_mbox(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0 and mbox.is_mbox(path)


def _unknown(config: Config | None) -> str:
    if config is None:
        return "there is no such file or folder, and no configuration in which it could be a mailbox"
    names = ", ".join(box.name for box in config.mailboxes)
    return f"there is no such file or folder, and no such mailbox: the configuration has {names}"
