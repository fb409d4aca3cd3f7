"""Numbers of a text that may be tickets': #1042, "ticket 1042", or a bare one that is nothing else. It looks none of them up.

Telephone numbers, dates, years, amounts, versions, times, and what stands behind "order" or "invoice" are no ticket's.
"""

import re
from collections.abc import Iterator

TEXT_CAP = 16 * 1024  # characters that are looked at
MOST = 20

_DIGITS = re.compile(r"(?<![\w.,:/+\-#])#?\d{3,9}(?![\w%€$£:/\-]|[.,]\d)")
_PUT = re.compile(r"#\s?(\d{1,9})(?![\w.,]\d|\w)")
_PATH = re.compile(r"/tickets?/(\d{1,9})(?!\d)")
_BEFORE = re.compile(
    r"([^\W\d_]+)[\s.:#\-]*(?:(?:no|nr|num|number|id|nummer|numéro|número|n)[\s.:°º#]*)?$", re.IGNORECASE
)
_BEHIND = re.compile(r"\s*([^\W\d_]+|[€$£%])")
_OURS = frozenset(
    [
        "ticket",
        "tickets",
        "case",
        "request",
        "issue",
        "incident",
        "anfrage",
        "vorgang",
        "fall",
        "meldung",
        "demande",
        "dossier",
        "requête",
        "solicitud",
        "caso",
        "incidencia",
        "consulta",
    ]
)
_OTHERS = frozenset(
    [
        "order",
        "orders",
        "invoice",
        "invoices",
        "po",
        "customer",
        "account",
        "contract",
        "room",
        "phone",
        "tel",
        "telephone",
        "mobile",
        "fax",
        "extension",
        "ext",
        "zip",
        "box",
        "version",
        "build",
        "release",
        "error",
        "code",
        "port",
        "http",
        "status",
        "page",
        "line",
        "year",
        "room",
        "flight",
        "bestellung",
        "auftrag",
        "rechnung",
        "kunde",
        "kunden",
        "kundennummer",
        "vertrag",
        "raum",
        "zimmer",
        "telefon",
        "handy",
        "durchwahl",
        "plz",
        "seite",
        "zeile",
        "jahr",
        "fehler",
        "commande",
        "facture",
        "client",
        "contrat",
        "salle",
        "téléphone",
        "poste",
        "erreur",
        "année",
        "pedido",
        "factura",
        "cliente",
        "contrato",
        "sala",
        "teléfono",
        "error",
        "página",
        "año",
        "usd",
        "eur",
        "gbp",
        "chf",
    ]
)
_UNITS = frozenset(
    [
        "€",
        "$",
        "£",
        "%",
        "usd",
        "eur",
        "euro",
        "euros",
        "gbp",
        "chf",
        "dollar",
        "dollars",
        "px",
        "pixel",
        "pixels",
        "kb",
        "mb",
        "gb",
        "tb",
        "ms",
        "sec",
        "seconds",
        "minutes",
        "hours",
        "days",
        "weeks",
        "users",
        "people",
        "students",
        "courses",
        "rows",
        "records",
        "times",
        "km",
        "m",
        "kg",
        "sekunden",
        "minuten",
        "stunden",
        "tage",
        "mal",
        "benutzer",
        "personnes",
        "jours",
        "heures",
        "personas",
        "días",
        "horas",
    ]
)
_YEARS = range(1900, 2101)


def numbers(text: str) -> tuple[int, ...]:
    """Each once, those that say what they are first; at most 20."""
    text = text[:TEXT_CAP]
    said = [int(match[1]) for pattern in (_PUT, _PATH) for match in pattern.finditer(text)]
    named: list[int] = []
    bare: list[int] = []
    for number, word in _bare(text):
        (named if word in _OURS else bare).append(number)
    return tuple(one for one in dict.fromkeys((*said, *named, *bare)) if one)[:MOST]


def _bare(text: str) -> Iterator[tuple[int, str]]:
    """Numbers that are nothing else, and the word before each."""
    for match in _DIGITS.finditer(text):
        digits = match[0].removeprefix("#")
        before = _BEFORE.search(text[max(0, match.start() - 40) : match.start()])
        word = before[1].casefold() if before else ""
        behind = _BEHIND.match(text, match.end())
        unit = behind[1].casefold() if behind else ""
        if word in _OURS:
            yield int(digits), word
        elif digits[0] != "0" and word not in _OTHERS and unit not in _UNITS and not _around(text, match):
            yield int(digits), ""


def _around(text: str, match: "re.Match[str]") -> bool:
    """Whether it is a year, or part of a longer row of digits, as telephone numbers are written."""
    if int(match[0].removeprefix("#")) in _YEARS:
        return True
    left, right = text[max(0, match.start() - 6) : match.start()], text[match.end() : match.end() + 4]
    return bool(re.search(r"\d[ ()\-]{1,2}$|[€$£]\s?$", left) or re.match(r"[ )\-]{1,2}\d{2}", right))
