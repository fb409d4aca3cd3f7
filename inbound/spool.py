"""Spool: a large mail on its way from the server to the ledger, in a file without a name. It keeps none of it in memory."""

from collections.abc import Iterator
from hashlib import sha256
from tempfile import TemporaryFile


class Spool:
    """Written once, piece by piece, and then read as often as wanted, until `close`. Raises OSError where the disk is full."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the Spool
        self._digest = sha256()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def sha256(self) -> str:
        """Of all that was written, hex."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._file.flush()  # a full disk is told here, and not when it is read
        self._digest.update(piece)
        self._size += len(piece)

    def pieces(self, octets: int) -> Iterator[bytes]:
        """From the beginning, each of so many octets but the last."""
        self._file.seek(0)
        while piece := self._file.read(octets):
            yield piece

    def close(self) -> None:
        """Forgets all of it; may be called twice."""
        self._file.close()
