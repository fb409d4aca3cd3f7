"""Serbian: one language in two alphabets. What is written in Cyrillic letters is read in Latin ones, letter by letter, with the tables of `hr`."""

_CYRILLIC = "абвгдђежзијклљмнњопрстћуфхцчџш"
_LATIN = [
    "a",
    "b",
    "v",
    "g",
    "d",
    "đ",
    "e",
    "ž",
    "z",
    "i",
    "j",
    "k",
    "l",
    "lj",
    "m",
    "n",
    "nj",
    "o",
    "p",
    "r",
    "s",
    "t",
    "ć",
    "u",
    "f",
    "h",
    "c",
    "č",
    "dž",
    "š",
]
_SMALL = dict(zip(_CYRILLIC, _LATIN, strict=True))
_LETTERS = str.maketrans(_SMALL | {one.upper(): two.capitalize() for one, two in _SMALL.items()})
_OWN = "јћњ"  # letters that no Russian, Ukrainian or Bulgarian has; hardly a Serbian sentence has none of the three


def latin(text: str) -> str:
    """The text in Latin letters if it is Serbian in Cyrillic ones (Vuk's alphabet, one letter a sound), else as it is."""
    if text.isascii() or not any(letter in text for letter in _OWN):
        return text
    return text.translate(_LETTERS)
