"""File: what goes along with a mail. Holds values only; it never reads a disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file with its cleaned name, the same that the recipient sees."""

    name: str
    content_type: str  # type/subtype, in lower case
    data: bytes
