"""What a failure says to the person at the keyboard: one line, where there is something that they can mend."""


def one_line(error: Exception) -> str | None:
    """The line for an error of the world (a database, a disk); None for an error of ours, which keeps its traceback."""
    from store.errors import DatabaseDown, SchemaMismatch  # noqa: PLC0415 - only a failure pays for this import

    if isinstance(error, DatabaseDown | SchemaMismatch | OSError):
        return " ".join(str(error).split())
    return None
