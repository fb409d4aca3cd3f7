"""The language of a page: that of which most is known. Pure."""

from outbound.phrasebook import LANGUAGES

MOST = 20  # languages of a header that are looked at


def preferred(header: str, otherwise: str) -> str:
    """Of an Accept-Language header (RFC 9110 §12.5.4) the first that pages speak, by its weights."""
    wanted = sorted((_weighed(one) for one in header.split(",")[:MOST]), key=lambda pair: -pair[1])
    return next((tongue for tongue, weight in wanted if tongue in LANGUAGES and weight > 0), otherwise)


def _weighed(one: str) -> tuple[str, float]:
    name, _, weight = one.partition(";")
    number = weight.strip().removeprefix("q=") or "1"
    plain = number.replace(".", "", 1)
    return name.strip().lower().partition("-")[0], float(number) if plain.isascii() and plain.isdigit() else 0
