"""Erased: who was erased, as keyed hashes in a file beside the key, so that a backup that is put back does not bring them back.

It is no part of the database, for a backup would take it back, too; and who reads it learns no address.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from outbound.keys import Keys
from outbound.seal import signed
from postroom.config import Config
from store import erasing, personal
from store.database import Transaction
from store.erasing import Erased


def path(config: Config) -> Path:
    return config.key_file.with_name(f"{config.key_file.stem}.erased")


def note(config: Config, keys: Keys, addresses: Iterable[str]) -> list[str]:
    """Puts them on the disk, before anything is erased; their hashes, for the database. Raises OSError."""
    hashes = [_hash(keys.signing, one) for one in addresses]
    handle = os.open(path(config), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, "".join(f"{one}\n" for one in hashes).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return hashes


def erase_again(tx: Transaction, config: Config, keys: Keys) -> Erased | None:
    """Whoever was erased, and of whose erasing this database knows nothing: it is older. Raises OSError."""
    if not path(config).exists():
        return None
    missing = set(path(config).read_text("ascii").split()) - erasing.noted(tx)
    secrets = [secret for _, secret in keys.pairs]
    theirs = [one for one in personal.everybody(tx) if any(_hash(secret, one) in missing for secret in secrets)]
    found = erasing.erase(tx, theirs) if theirs else None
    erasing.note(tx, missing)
    return found


def _hash(secret: bytes, address: str) -> str:
    return signed(secret, "erased", address.lower())
