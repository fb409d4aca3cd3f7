"""One line: what comes from outside, fit for a terminal and for a log. It leaves out nothing that can be seen."""


def one_line(value: object) -> str:
    """Terminals obey control characters, and a line break would start another entry: none of them reaches one."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def blank(text: str) -> bool:
    """Whether nothing in it can be seen."""
    return not any(letter.isprintable() and not letter.isspace() for letter in text)
