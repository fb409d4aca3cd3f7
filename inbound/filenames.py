"""Filenames: the name of an attachment, safe to show and to offer. Never used as a path."""

import re
import unicodedata

from inbound import headers

_HIDDEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ue000-\uf8ff]"
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_LONGEST = 200


def clean(raw: str) -> str:
    """The last component of a name, in NFKC, without controls, bidi marks or zero-width characters; "" for none.

    It is cleaned before it is checked (CVE-2026-28289 was a check before the cleaning).
    """
    text = headers.printable(headers.words(headers.octets(raw[:4096])))
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", _HIDDEN.sub("", text)))
    text = text.replace("\\", "/").rpartition("/")[2]
    text = " ".join(_FORBIDDEN.sub("_", headers.printable(text)).split()).strip(". ")
    return _shortened(text)


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 10:
        return name[:_LONGEST].strip(". ")
    return stem[: _LONGEST - len(extension) - 1] + dot + extension
