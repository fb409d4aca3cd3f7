"""What a failure says: one line to the person at the keyboard, and its place, never its text, to log and ledger."""

import traceback
from pathlib import Path


def one_line(error: Exception) -> str | None:
    """The line for an error of the world (a database, a disk); None for an error of ours, which keeps its traceback."""
    from store.errors import DatabaseDown, Gone, SchemaMismatch  # noqa: PLC0415 - only a failure pays for this import

    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, DatabaseDown | Gone | SchemaMismatch | OSError):
        return " ".join(str(error).split())
    return None


def where(error: Exception) -> str:
    """What failed and where. Not the error's text, which may be a mail's (reliability.md P4)."""
    # First of all the memory that the failure still holds, if that is what ran out.
    traceback.clear_frames(error.__traceback__)
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    return f"{type(error).__name__} in {Path(frame.f_code.co_filename).name}:{line}"
