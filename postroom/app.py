"""App: all that the verbs of the pipeline work with, wired once at start. It decides nothing."""

import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from dashboard.counts import Counts
from outbound.render import Renderer
from outbound.token import Keys, key_line, reply_address
from postroom import calendars, clock
from postroom import config as configuration
from postroom.config import Config, ConfigError, MailboxConfig
from postroom.log import event
from postroom.secret import SecretError, read_file
from postroom.settings import StaffSettings
from postroom.workflow_file import NoWorkflow, WorkflowFile
from store.database import Database
from store.limits import Limits
from workflow.calendar import CALENDAR, EVERY_DAY
from workflow.fault import WorkflowError
from workflow.machine import Ball, Timer, Workflow
from workflow.spelling import mend
from workflow.timing import Period, refusal, timed, timers

MOST_FAULTS = 3  # of a workflow file, in one line


@dataclass(frozen=True, slots=True)
class App:
    """What is wired. `workflows` by the name that the configuration gives them."""

    config: Config
    database: Database
    keys: Keys
    renderer: Renderer
    workflows: dict[str, Workflow]
    limits: Limits
    now: Callable[[], datetime] = clock.now  # the time of day, aware; and chance, from 0 up to 1:
    jitter: Callable[[], float] = clock.jitter  # a simulated world brings its own
    counts: Counts = field(default_factory=Counts)

    def box(self, name: str) -> MailboxConfig:
        """The mailbox of that name; the first one for a name that the configuration no longer has."""
        return next((box for box in self.config.mailboxes if box.name == name), self.config.mailboxes[0])

    def workflow(self, name: str) -> Workflow:
        return self.workflows.get(name) or self.workflows[self.config.settings.workflow]

    @property
    def teams(self) -> list[str]:
        """The other teams that a status forwards to, whether they have an address or not."""
        return sorted({each.forward for flow in self.workflows.values() for each in flow.statuses.values()} - {""})

    def member(self, addr: str) -> StaffSettings | None:
        """Who of the team has that address, be it an alias; None for everybody else."""
        known = self.config.ours.member(addr).lower()
        return next((one for one in self.config.settings.staff if one.address.lower() == known), None)

    @property
    def managers(self) -> list[str]:
        """Who is told of trouble: managers and admins, else everybody."""
        staff = self.config.settings.staff
        chosen = [person.address for person in staff if {"manager", "admin"} & set(person.roles)]
        return chosen or [person.address for person in staff]

    @property
    def deciders(self) -> list[str]:
        """Who says what an escalation is about: managers; without any the admins, else everybody."""
        staff = self.config.settings.staff
        asked = ([one.address for one in staff if role in one.roles] for role in ("manager", "admin"))
        return next(filter(None, asked), [one.address for one in staff])

    @property
    def keepers(self) -> list[str]:
        """Who looks after the configuration: admins, else who is told of trouble; nobody without staff."""
        staff = self.config.settings.staff
        return [person.address for person in staff if "admin" in person.roles] or self.managers

    @property
    def keeper(self) -> str:
        """The first of them; "" for nobody."""
        return next(iter(self.keepers), "")


def open_app(option: str | None) -> App:
    """Reads the configuration and wires the program. Raises ConfigError, DatabaseDown, SchemaMismatch."""
    config = configuration.read(configuration.find(option, os.environ), os.environ)
    renderer = make_renderer(config)
    return App(
        config=config,
        keys=_proved(config, read_keys(config)),
        renderer=renderer,
        workflows=load_workflows(config, renderer),
        limits=make_limits(config),
        database=Database.open(
            *reach(config), mark=secrets.token_hex(4)
        ),  # last: a wrong configuration makes no database
    )


def reach(config: Config) -> tuple[str, str]:
    """The database's address and password."""
    return config.database, config.database_password.reveal() if config.database_password else ""


def make_renderer(config: Config) -> Renderer:
    folder = config.folder / config.settings.templates if config.settings.templates else None
    if folder is not None and not folder.is_dir():
        raise config.source.refuse("templates", config.settings.templates, "there is no such folder: make it")
    return Renderer(folder)


def make_limits(config: Config) -> Limits:
    """The limits with those that the configuration names. Raises ConfigError for a name that is none."""
    known = {one.name for one in fields(Limits)} - {"exempt"}
    for name, value in config.settings.limits.items():
        if name not in known or value < 0:
            mend = f"limits are {', '.join(sorted(known))}, each a number from 0"
            raise config.source.refuse(f"limits.{name}", value, mend)
    return Limits(**config.settings.limits, exempt=frozenset(one.lower() for one in config.settings.known_clients))


def read_keys(config: Config) -> Keys:
    """The signing keys; a first one is made where the file is missing (docs/decisions/004). Raises ConfigError."""
    key = config.source.of("secret_key_file")
    try:
        if not config.key_file.exists() and _may_make_key(config) and _make_key(config.key_file):
            event("key.made", file=config.key_file)
        return Keys.read(read_file(config.key_file))
    except (SecretError, ValueError) as error:
        raise ConfigError(f"{key}: {error}") from None
    except OSError as error:
        raise ConfigError(f'{key} is "{config.key_file}": cannot be made: {error.strerror}') from None


def _proved(config: Config, keys: Keys) -> Keys:
    """The keys, once every mailbox is known to have room for a reply token (RFC 5321 §4.5.3.1.1)."""
    for index, box in enumerate(config.mailboxes):
        try:
            reply_address(keys, box.settings.address, 1)
        except ValueError as error:
            if box.settings.reply_token == "plus":  # noqa: S105 - a word, no secret
                mend = f'{error}: shorten it, or write reply_token = "off"'
                raise config.source.refuse(f"mailbox[{index}].address", box.settings.address, mend) from None
    return keys


def _may_make_key(config: Config) -> bool:
    """Whether this start is the first of all. On a server another machine may have been first: then the key is there."""
    if config.database_file:
        return True
    database = Database(*reach(config))
    try:
        return not database.revision()
    finally:
        database.close()


def _make_key(path: Path) -> bool:
    """Makes a key file, never over one that is there. Whether it did."""
    # Written whole before it has its name: a start that is cut off leaves no empty key behind.
    with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=f".{path.name}-") as file:  # mode 0600
        file.write(key_line("k1", secrets.token_bytes(32)))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
            return True
    return False


def load_workflows(config: Config, renderer: Renderer) -> dict[str, Workflow]:
    """Every workflow that the configuration names, with its timers. Raises ConfigError with the first faults of a bad one."""
    keys = {config.settings.workflow: "workflow"}
    for index, box in enumerate(config.mailboxes):
        keys.setdefault(box.workflow, f"mailbox[{index}].workflow")
    loaded = {name: _load(config, key, name, renderer) for name, key in keys.items()}
    _prove_statuses(config, loaded)
    _prove_forward(config, loaded)
    known = [(key, timer) for workflow in loaded.values() for key, timer in timers(workflow).items()]
    periods = {key: _period(config, key, given, known) for key, given in config.settings.timers.items()}
    return {name: timed(workflow, periods, config.zone) for name, workflow in loaded.items()}


def _period(config: Config, key: str, given: int | str, known: Sequence[tuple[str, Timer]]) -> Period:
    """What [timers] says of a status, of which one workflow at least has a timer that can run so long."""
    mine = [timer for at, timer in known if at == key]
    refuse = partial(config.source.refuse, f"timers.{key}", given)
    if not mine:
        raise refuse(f"no status of that key has a timer of days; {mend(key, dict(known))}")
    try:
        days, name = calendars.period(given)
    except ValueError as error:
        raise refuse(str(error)) from None
    if name not in {"", CALENDAR, *config.calendars}:
        raise refuse(f"there is no [calendar.{name}]; {mend(name, [CALENDAR, *config.calendars])}")
    if reason := next(filter(None, (refusal(timer, days) for timer in mine)), ""):
        raise refuse(reason)
    return days, EVERY_DAY if name == CALENDAR else config.calendars.get(name)


def _prove_statuses(config: Config, workflows: dict[str, Workflow]) -> None:
    """Those in which reports, and requests to be looked at first, are opened: each in one workflow at least, the latter open."""
    known = {key: status for workflow in workflows.values() for key, status in workflow.statuses.items()}
    named = [(f"report[{n}].status", one.status) for n, one in enumerate(config.settings.report) if one.status]
    looks = [(f"first_look[{n}].status", one.status) for n, one in enumerate(config.settings.first_look)]
    for key, given in (*named, *looks):
        if given not in known:
            reason = f"no workflow has a status of that key; {mend(given, dict.fromkeys(sorted(known)))}"
            raise config.source.refuse(key, given, reason)
    for key, given in looks:
        if known[given].ball is not Ball.US or known[given].needs_date:
            raise config.source.refuse(key, given, "a request waits for us: name a status whose ball is with us")


def _prove_forward(config: Config, workflows: dict[str, Workflow]) -> None:
    known = {status.forward for workflow in workflows.values() for status in workflow.statuses.values()} - {""}
    for name, address in config.settings.forward.items():
        if name not in known:
            reason = f"no status forwards to a team of that name; {mend(name, dict.fromkeys(sorted(known)))}"
            raise config.source.refuse(f"forward.{name}", address, reason)


def _load(config: Config, key: str, name: str, renderer: Renderer) -> Workflow:
    try:
        file = WorkflowFile.find(name, config.folder)
    except NoWorkflow as error:
        raise config.source.refuse(key, name, str(error)) from None
    try:
        return file.workflow(renderer, config.calendars)
    except WorkflowError as error:
        raise ConfigError(_first(error)) from None


def _first(error: WorkflowError) -> str:
    """The first faults, on one line."""
    more = len(error.faults) - MOST_FAULTS
    faults = "; ".join(str(fault) for fault in error.faults[:MOST_FAULTS])
    return f"{faults}; and {more} more" if more > 0 else faults
