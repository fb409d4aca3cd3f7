"""Templates: ours, and before them those of the operator's folder, one file at a time; which languages each notice has. It sends nothing.

Beside `body.txt` stands `body.de.txt`: a notice is told in a language when each file of it that says something is there in it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, pass_context
from jinja2.exceptions import TemplateError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from outbound.wording import ENGLISH, day, fill, ink, moment

FILES = ("subject.txt", "body.txt", "body.html")
WORDS = "_base/words.txt"  # what all mails say around their own words
_WORDLESS = re.compile(r'\s*\{% (?:extends|include) "_base/[\w.-]+" %\}\s*')  # all that it says stands in _base
_NAMED = re.compile(r"(?P<notice>[^/]+/[^/]+)/(?P<file>\w+)\.(?P<language>[a-z]{2})\.(?P<kind>txt|html)")


class Templates:
    """Compiled templates by their path below templates/mail."""

    def __init__(self, folder: Path | None) -> None:
        ours: BaseLoader = PackageLoader("templates", "mail")
        # A sandbox, since an operator's templates are edited on a running system (T18).
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder), ours]) if folder else ours,
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name and name.endswith(".html")),
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"day": _day, "moment": _moment, "fill": fill, "ink": ink}

    def fill(self, path: str, language: str, names: Mapping[str, object]) -> str:
        """What a file says, with the words of that language around. Raises what a template may raise."""
        template = self._environment.get_template(path)
        return template.render({**names, "language": language, "say": self._say(language)})

    def names(self, workflow: str) -> frozenset[str]:
        """The notices of a workflow that have all their files."""
        found = {tuple(path.split("/")) for path in self._paths if path.count("/") == 2}
        folders = {notice for folder, notice, _ in found if folder == workflow}
        return frozenset(name for name in folders if all((workflow, name, file) in found for file in FILES))

    def languages(self, notice: str) -> frozenset[str]:
        """Those in which a notice, named as workflow/notice, has at least one file of its own, and English."""
        return frozenset({ENGLISH, *self._begun.get(notice, ())})

    def lacking(self, notice: str, language: str) -> list[str]:
        """The files that it would need to be told in that language; none where it can be."""
        if language == ENGLISH:
            return []
        needed = (WORDS, *(f"{notice}/{file}" for file in FILES))
        return [_named(path, language) for path in needed if not self._has(path, language)]

    def _has(self, path: str, language: str) -> bool:
        return _named(path, language) in self._paths or path in self._wordless

    def has(self, path: str) -> bool:
        return path in self._paths

    def file(self, path: str, language: str) -> str:
        """The file that says it in that language; the English one where that says nothing of its own."""
        named = _named(path, language)
        return named if named in self._paths else path

    def _say(self, language: str) -> object:
        return self._environment.get_template(self.file(WORDS, language)).module

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self._environment.list_templates())

    @cached_property
    def _begun(self) -> Mapping[str, set[str]]:
        begun: dict[str, set[str]] = {}
        for match in filter(None, map(_NAMED.fullmatch, self._paths)):
            begun.setdefault(match["notice"], set()).add(match["language"])
        return begun

    @cached_property
    def _wordless(self) -> frozenset[str]:
        return frozenset(
            path for path in self._paths if path.endswith(FILES) and _WORDLESS.fullmatch(self._source(path))
        )

    def _source(self, path: str) -> str:
        loader = self._environment.loader
        try:
            return loader.get_source(self._environment, path)[0] if loader else ""
        except (TemplateError, OSError, ValueError):
            return ""  # whoever renders it hears why


def _named(path: str, language: str) -> str:
    """body.txt in German is body.de.txt; in English it is body.txt."""
    stem, _, kind = path.rpartition(".")
    return path if language == ENGLISH else f"{stem}.{language}.{kind}"


@pass_context
def _day(context: Context, at: datetime) -> str:
    return day(at, context["language"])


@pass_context
def _moment(context: Context, at: datetime) -> str:
    return moment(at, context["language"])
