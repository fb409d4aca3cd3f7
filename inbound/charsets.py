"""Charsets: octets to text, whatever they were declared to be. Never raises, and never runs a codec that a mail invents."""

import codecs
import re
from encodings.aliases import aliases
from functools import lru_cache

# Codecs that are no charsets, or that take quadratic time (punycode: 90 KB would hold a worker for minutes).
_UNSAFE = frozenset(
    [
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "idna",
        "mbcs",
        "oem",
        "punycode",
        "quopri_codec",
        "raw_unicode_escape",
        "rot_13",
        "undefined",
        "unicode_escape",
        "unicode_internal",
        "uu_codec",
        "zlib_codec",
    ],
)
_UNLISTED = ["cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "koi8_t", "koi8_u", "utf_8_sig"]
_CODECS = {
    name: codec
    for name, codec in (aliases | {codec: codec for codec in [*aliases.values(), *_UNLISTED]}).items()
    if codec not in _UNSAFE
}
# What mailers mean where they name the narrower one, as in the Encoding Standard §4.2; and names that Python lacks.
_MEANT = {
    "ascii": "ascii",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
}
_NAMES = {
    "iso_8859_8_i": "iso8859_8",
    "x_sjis": "cp932",
    "x_gbk": "gb18030",
    "x_euc_jp": "euc_jp",
    "unicode_1_1_utf_7": "utf_7",
    "utf8mb4": "utf_8",
    "x_mac_roman": "mac_roman",
    "ansi": "cp1252",
    "x_unknown": "",
}
_STATEFUL = ("utf_7", "hz", "iso2022", "utf_16", "utf_32", "cp037", "cp500", "cp1140")
_LOOKED_AT = 10_000  # characters
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")
_JAPANESE = ("iso2022_jp_ext", "iso2022_jp_2004")  # what each lacks the other has


@lru_cache(maxsize=256)
def codec(charset: str) -> str:
    """The codec for a charset's name, or "" where there is none that is safe."""
    name = re.sub(r"[^a-z0-9]+", "_", charset[:60].lower()).strip("_")
    name = _NAMES.get(name, name)
    found = _CODECS.get(name) or _CODECS.get(name.removeprefix("x_")) or _CODECS.get(name.replace("windows_", "cp"), "")
    return _MEANT.get(found, found)


def decode(data: bytes, charset: str = "", *, whole: bool = True) -> tuple[str, str]:
    """Text, and a defect or "". `whole` is False where `data` was cut and may end within a character.

    The text may still hold control characters: see `clean`.
    """
    declared = codec(charset)
    if _plain(data, declared):
        return data.decode("ascii"), ""
    japanese = any(escape in data for escape in _ESCAPES)
    trials = [declared] if declared not in {"", "ascii"} else []
    for trial in (*trials, *(_JAPANESE if japanese else ()), *(() if data.isascii() else ("utf_8",))):
        text = _strict(data, trial, whole=whole)
        if text is not None:
            return text, "" if trial == declared else _defect(charset, trial)
    return _lenient(data, _JAPANESE[0] if japanese else declared), _defect(charset, "replacement")


def clean(text: str) -> str:
    """LF line ends; no NUL, no control characters but tab and LF, no lone surrogates."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _plain(data: bytes, declared: str) -> bool:
    if not data.isascii() or b"\x1b" in data:
        return False
    # ASCII that calls itself UTF-16 would be read as Chinese.
    return not declared.startswith(_STATEFUL) or (declared.startswith(("utf_16", "utf_32")) and b"\0" not in data)


def _strict(data: bytes, trial: str, *, whole: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(trial)("strict").decode(data, whole)
    except (UnicodeError, LookupError):
        return None


def _lenient(data: bytes, declared: str) -> str:
    """A damaged text keeps its charset where most of what is not ASCII can be read; otherwise it is Western."""
    if declared not in {"", "ascii"}:
        text = data.decode(declared, "replace")
        readable = sum(1 for character in text[:_LOOKED_AT] if character > "\x7f" and character != "\ufffd")
        if readable >= text[:_LOOKED_AT].count("\ufffd"):
            return text
    return _strict(data, "cp1252", whole=True) or data.decode("latin_1")


def _defect(charset: str, read_as: str) -> str:
    shown = re.sub(r"[^\w.:+-]", "?", charset[:40]) or "none"
    return f"charset: {shown}, read as {read_as}"
