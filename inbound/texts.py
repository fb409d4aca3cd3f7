"""Texts: where many texts stand in another, found in one pass over it (Aho-Corasick). It knows neither words nor languages."""

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick


class Texts:
    """Built once; `places` may be called from any thread, and takes time linear in the text and in what is found."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._all = AhoCorasick(list(texts), store_patterns=False)

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """Each place of each of them: its number among them, where it begins and where it ends; those that end first, first."""
        try:
            return self._all.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # a lone surrogate: it stands in none of them
            return self._all.find_matches_as_indexes(text.encode("utf-8", "replace").decode(), overlapping=True)
