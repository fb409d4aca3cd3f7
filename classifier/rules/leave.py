"""Leave: a note whose only sign is that it says nothing but "I am away, and back on that day". It never guesses at a rest.

People write short answers, too: one sentence, or one word, that says anything else leaves the mail a person's.
"""

import re

from classifier.clues import Clues
from classifier.phrases import fold, words

_LONGEST = 400  # characters
_AWAY = re.compile(
    r"\bon (?:\w+ )?leave\b|\bon (?:holidays?|vacation)\b|\bout of (?:the )?office\b|\baway\b|\bfrom my desk\b"
    r"|\bim urlaub\b|\babwesend\b|\bausser haus\b|\bin elternzeit\b|\bauf dienstreise\b"
)
_NOT_HERE = re.compile(r"\b(?:not (?=in the office|available)|nicht (?=im büro|im hause?\b|erreichbar))")
# Who is away later is at work now, and has written this; a time of day is an appointment's.
_AT_WORK = re.compile(
    r"(?:will|'ll) be (?:on|out|away)\b|\bab (?:dem )?[\d. ]+\w* ?(?:im|in|auf|abwesend)\b|\d:\d\d|\d ?(?:am|pm|uhr)\b"
)
_WRAPPED = re.compile(r"(?<=[^\n]{50})\n(?=\S)")
_SENTENCE = re.compile(r"(?<=\D)\.(?:\s|$)|[!;\n]")  # the point of "30. November" ends none
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_WORD = re.compile(r"[\w']+")
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?")
_BACK = words("return returning back wieder zurück")
_DAYS = words(
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag dienstag mittwoch "
    "donnerstag freitag samstag sonntag january february march april may june july august september october november "
    "december jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember okt dez"
)
_MAIL = words("email emails e mail mails message nachricht")
_THANKS = words("thank thanks danke dank")
_THANKING = _MAIL | _THANKS | words("you many for your the vielen für ihre die")
_COURTESY = words(
    fold(
        "hello hi dear all team colleagues sir or madam good morning day afternoon best kind warm regards sincerely "
        "hallo guten tag liebe sehr geehrte damen und herren kolleginnen kollegen mit freundlichen viele beste "
        "herzliche freundliche grüße grüßen"
    )
)
_NOTE = (
    _BACK
    | _DAYS
    | _THANKING
    | words(
        fold(
            "i i'm i'll am will be currently presently at the moment on in out of from until till to through and "
            "including inclusive my our office desk work annual parental maternity paternity sick leave vacation "
            "holiday holidays away travelling traveling business again available when after upon reply respond answer "
            "ich bin befinde mich derzeit zurzeit zur zeit momentan aktuell leider im urlaub büro haus hause außer "
            "elternzeit mutterschutz dienstreise auf abwesend bis einschließlich zum ab am dem den vom von und da "
            "erreichbar sie nach meiner werde"
        )
    )
)


def nothing_else(clues: Clues) -> str:
    """It answers a mail, says that somebody is away and on which day they are back, and no word besides."""
    message = clues.message
    if not (message.in_reply_to or message.references) or not clues.plain or len(clues.new) > _LONGEST:
        return ""
    written = _WRAPPED.sub(" ", _SIGNATURE.split(clues.new, maxsplit=1)[0])
    sentences = [said for part in _SENTENCE.split(written) if (said := fold(part))]
    away = next((said for said in sentences if _is_away(said)), "")
    back = next((said for said in sentences if _names_return(said)), "")
    if not away or not back or any(_AT_WORK.search(said) for said in sentences):
        return ""
    courteous = _COURTESY | _author(clues)
    whole = all(_is_note(said) or _words(said) <= courteous for said in sentences)
    return " … ".join(f'text "{said}"' for said in dict.fromkeys((away, back))) if whole else ""


def _is_away(said: str) -> bool:
    return bool(_AWAY.search(said) or _NOT_HERE.search(said))


def _names_return(said: str) -> bool:
    found = _words(said)
    return bool(found & _BACK) and any(word in _DAYS or word[0].isdigit() for word in found)


def _is_note(said: str) -> bool:
    """A sentence about the absence, or thanks for the mail. Thanks for anything else are a person's."""
    found = _words(_NOT_HERE.sub("", said))
    if found & _THANKS and not found & _MAIL:
        return False
    about = found <= _THANKING or found & _BACK or _is_away(said)
    return bool(about) and all(word in _NOTE or _NUMBER.fullmatch(word) for word in found)


def _words(said: str) -> frozenset[str]:
    return frozenset(_WORD.findall(said))


def _author(clues: Clues) -> frozenset[str]:
    """The writer's names, as they stand below a mail."""
    return _words(fold(f"{clues.sender.name} {clues.sender.addr.partition('@')[0]}")) if clues.sender else frozenset()
