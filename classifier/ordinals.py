"""Ordinals: a day without its month, "the 12th", as each language writes it. It does not know which month is meant."""

import re
from collections.abc import Iterator

_LAST = 31
_ALONE = r"(?<![\d月월/.-])(\d{1,2}) ?%s"
# Behind it stands neither another number, nor a unit, nor what it is the number of.
_OF_NOTHING = (
    r"(?![\w/:%€$-]|[.,]\d| ?\d| [-/] ?\d| ?(?:h|hs|heures?|horas?|ore|uhr|euros?|kr|km|m|kg|cl|x|por|pour|per|pro|prozent|procent|percento"
    r"|de|d'|du|des|di|del|der|of|av|etage|piso|piano|gang|stock|sal)(?!\w))"
)
_BEFORE = r"(?<!\w)(?:%s)(\d{1,2})"
_ORDINALS = {
    "en": re.compile(r"(?<!\w)the (\d{1,2})(?:st|nd|rd|th)(?!\w| ?(?:floor|of|day|week|time|century|year))"),
    "de": re.compile(
        _BEFORE % "(?:am|ab|bis|zum|vom|dem|den) " + r"\.(?! ?(?:\d|tag|woche|quartal|stock|platz|mal|teil))"
    ),
    "fr": re.compile(_BEFORE % "(?:le|au|des le|du) " + "(?:er)?" + _OF_NOTHING),
    "es": re.compile(_BEFORE % "(?:el|del|al) (?:dia )?" + _OF_NOTHING),
    "it": re.compile(_BEFORE % "il |dal |al |l'|dall'|all'" + _OF_NOTHING),
    "nl": re.compile(_BEFORE % "de " + r"e(?!\w)"),
    "pt": re.compile(_BEFORE % "dia " + _OF_NOTHING),
    "hu": re.compile(r"(?<![\w.])(\d{1,2})-(?=(?:[ae]n|j[ae]n|[ae]?t[eo]l|[ae]ig|ig)(?!\w))"),
    "sv": re.compile(_BEFORE % "den " + rf"(?::[ae](?!\w)|{_OF_NOTHING})"),
    "da": re.compile(_BEFORE % r"den |d\. ?" + r"\." + _OF_NOTHING),
    "nb": re.compile(_BEFORE % "den " + r"\." + _OF_NOTHING),
    "ja": re.compile(_ALONE % "日(?!間|後|以内|前|程|目|ほと|かか|くらい|を要)"),
    "zh": re.compile(_ALONE % "[日号號](?!间|間|内|內|后|後|楼|樓)"),
    "ko": re.compile(_ALONE % "일(?!간| ?동안| ?후| ?이내| ?정도| ?걸| ?소요|차)"),
    "ru": re.compile(_ALONE % r"(?:числа|-?го(?!\w))"),
    "uk": re.compile(_ALONE % r"(?:числа|-?го(?!\w))"),
    "bg": re.compile(_ALONE % r"(?:числа|-?(?:[мтр]и|ви)(?!\w))"),
    "pl": re.compile(_ALONE % r"-?(?:go|ego)(?!\w)"),
    "lt": re.compile(r"(?<!per )(?<!po )(?<!kas )" + _ALONE % r"d(?!\w)"),
}


def ordinals(sentence: str, language: str) -> Iterator[tuple[int, int, int]]:
    """Where each stands in a levelled sentence, and the day: (start, end, 1 to 31). A date with its month is among them, too."""
    pattern = _ORDINALS.get(language)
    for found in pattern.finditer(sentence) if pattern else ():
        if 1 <= int(found.group(1)) <= _LAST:
            yield *found.span(), int(found.group(1))
