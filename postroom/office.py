"""Office: what the pages of administration show: the configuration with file and line and without its secrets, workflows, and notices with sample facts."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from dashboard.office import Flow, Office, Preview, Section, Setting
from outbound.render import RenderError
from outbound.samples import samples
from postroom.app import App
from postroom.secret import Secret
from postroom.source import Source
from postroom.workflow_file import NoWorkflow, WorkflowFile
from workflow.chart import chart
from workflow.fault import WorkflowError
from workflow.lines import Lines
from workflow.machine import Workflow
from workflow.picture import picture
from workflow.svg import svg

DEFAULT = "by default"
SET = "is set"
_LISTS = {
    "staff": ("Staff and roles", "A manager, and an admin, hears of trouble; managers decide on escalations; an admin sees these pages. Where nobody is an admin, whoever hears of trouble does."),
    "mailbox": ("Mailboxes", "Passwords are never shown."),
    "report": ("Rules for system reports", "A mail that fits is a machine's report: it opens a ticket, or joins the open one of its kind, and is not answered."),
    "rule": ("Rules for mails", "They stand before the rules that postroom has itself."),
    "webhook": ("Deliveries to other programs", "Where they go to is shown by its host alone: an address may hold a secret."),
    "first_look": ("Requests to be looked at first", "They open in another status than requests do."),
}  # fmt: skip
_TABLES = {
    "forward": ("Other teams", "Where a status hands a ticket over."),
    "oauth": ("Sign-ins at providers", "For mailboxes and servers that take no password."),
    "calendar": ("Calendars", "The first of them is what reports take for working hours."),
    "timers": ("Timers", "Days, in place of those of the workflow file."),
    "limits": ("Limits", "Those that differ from the usual ones."),
}
_TELLING = ("_command",)  # what brings a secret may name one
_ORGANISATIONS = Section(
    "Organisations", "The configuration names none: reports know clients by the domain of their address.", ()
)


def office(app: App) -> Office:
    return Office(
        sections=tuple(_Shown.of(app).sections()),
        flows=tuple(_flow(app, name, flow) for name, flow in app.workflows.items()),
        # Once: what runs was read at the start, and to prove each notice of a workflow takes a third of a second.
        chart=cache(partial(_chart, app)),
        lint=cache(partial(_lint, app)),
        preview=partial(_preview, app),
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """The settings beside the text that they come from."""

    app: App
    source: Source
    raw: Mapping[str, object]
    text: str
    lines: Lines

    @classmethod
    def of(cls, app: App) -> "_Shown":
        source = app.config.source
        try:
            text = source.path.read_text(encoding="utf-8-sig")
            return cls(app, source, tomllib.loads(text), text, Lines(text))
        except (OSError, ValueError):  # all comes from the environment, or the file is another one since
            return cls(app, source, {}, "", Lines(""))

    def sections(self) -> Iterator[Section]:
        settings = self.app.config.settings
        for key, (title, note) in _LISTS.items():
            yield Section(title, note, tuple(self._items(key, getattr(settings, key))))
            if key == "staff":
                yield _ORGANISATIONS
        for key, (title, note) in _TABLES.items():
            yield Section(title, note, tuple(self._keys(key, getattr(settings, key))))
        rest = [one for one in settings.__struct_fields__ if one not in {*_LISTS, *_TABLES}]
        yield Section("All else", "Secrets are not shown, wherever they are kept.", tuple(self._rest(rest)))

    def _items(self, key: str, items: list[Struct]) -> Iterator[Setting]:
        for index, item in enumerate(items):
            name = next(
                filter(None, (str(getattr(item, one, "")) for one in ("name", "address", "kind", "status"))), key
            )
            says = tuple(line for line in _lines(item) if line != f"name = {name}")
            yield Setting(name, says, self._where(f"{key}[{index}]", self._header(key, index)))

    def _keys(self, key: str, table: Mapping[str, object]) -> Iterator[Setting]:
        for name, value in table.items():
            says = tuple(_lines(value)) if isinstance(value, Struct) else (_said(value),)
            yield Setting(name, says, self._where(f"{key}.{name}", self._line((key, name))))

    def _rest(self, keys: list[str]) -> Iterator[Setting]:
        for key in keys:
            value = getattr(self.app.config.settings, key)
            if isinstance(value, Struct):
                for name, said in _differing(value):
                    yield Setting(
                        f"{key}.{name}", (said,), self._where(f"{key}.{name}", self._line((key, *name.split("."))))
                    )
            elif not isinstance(value, Secret) and value is not None:
                # The address of a database may hold a password: the one without is shown.
                says = _said(self.app.config.database if key == "database" else value) or "–"
                yield Setting(key, (says,), self._where(key, self._line((key,))))

    def _where(self, key: str, line: int) -> str:
        return self.source.variable(key) or (f"{self.source.path.name}, line {line}" if line else DEFAULT)

    def _line(self, path: tuple[str, ...]) -> int:
        return self.lines.of(path) if path[0] in self.raw else 0

    def _header(self, key: str, index: int) -> int:
        """Of the table that an item is; the line of the list, where it is written in one."""
        heads = [match.start() for match in re.finditer(rf"(?m)^[ \t]*\[\[[ \t]*{key}[ \t]*\]\]", self.text)]
        return self.text.count("\n", 0, heads[index]) + 1 if index < len(heads) else self._line((key,))


def _lines(value: Struct) -> Iterator[str]:
    """What differs from the default, as it could be written."""
    for name, said in _differing(value):
        yield f"{name} is set" if said is SET else f"{name} = {said}"


def _differing(value: Struct) -> Iterator[tuple[str, str]]:
    """The keys that say something else than usual, and what; of a secret that it is set, and never its value."""
    for field in msgspec.structs.fields(value):
        said = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if isinstance(said, Secret) or (said and field.name.endswith(_TELLING)):
            yield field.encode_name, SET
        elif said and field.name == "url":
            yield field.encode_name, "{0.scheme}://{0.hostname}/…".format(urlsplit(said))
        elif isinstance(said, Struct):
            yield from ((f"{field.encode_name}.{name}", what) for name, what in _differing(said))
        elif said != default:
            yield field.encode_name, _said(said)


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_said(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flow(app: App, name: str, flow: Workflow) -> Flow:
    boxes = tuple(box.name for box in app.config.mailboxes if box.workflow == name)
    notices = dict.fromkeys(notice.path for notice, _ in samples(flow))
    source = name if "/" in name or name.endswith(".toml") else f"{name}.toml"
    return Flow(flow.title, source, boxes, tuple(notices), tuple(app.renderer.languages(flow)))


def _nth(app: App, place: int) -> tuple[str, Workflow]:
    return list(app.workflows.items())[place]


def _chart(app: App, place: int) -> str:
    return svg(picture(chart(_nth(app, place)[1])))


def _lint(app: App, place: int) -> tuple[str, ...]:
    name, _ = _nth(app, place)
    try:
        WorkflowFile.find(name, app.config.folder).prove(app.renderer, app.config.calendars)
    except NoWorkflow as error:
        return (str(error),)
    except WorkflowError as error:
        return tuple(map(str, error.faults))
    return ()


def _preview(app: App, place: int, notice: str, language: str) -> tuple[Preview, ...]:
    made: dict[str, Preview] = {}
    for about, facts in samples(_nth(app, place)[1]):
        if about.path == notice:
            try:
                mail = app.renderer.render(about, replace(facts, language=language))
            except RenderError as error:
                made.setdefault(error.reason, Preview("", "", "", error.reason))
            else:
                made.setdefault(mail.text, Preview(mail.subject, mail.text, mail.html))
    return tuple(made.values())
