"""Administration: what the configuration says, the workflows, the notices, and who did what. It shows all of it and changes none of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.desk import Member
from dashboard.framed import framed
from dashboard.office import Preview, Section, Setting
from dashboard.page import Page, page
from dashboard.period import A_DAY, Days, Period
from dashboard.powers import Powers
from dashboard.reports import asked_dates
from dashboard.room import Room
from dashboard.sessions import Sessions
from dashboard.table import Cell, rows
from store import tokens
from store.log import Asked, Did, log
from store.tokens import Token

LAST = timedelta(days=30)  # of the log, where nobody asks for others
FEW, ALL = 200, 50_000  # lines of the page, and of the file
LONGEST = 100  # characters of an address that is looked for
HEADS = ("When", "Who", "What", "Ticket", "From", "To", "Why")
Shows = Callable[[Request, Member], Response]


class Admin(Room):
    """For whoever looks after the configuration."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        super().__init__(powers, sessions)
        pages: tuple[tuple[str, Shows], ...] = (
            ("/admin", self._settings),
            ("/admin/workflows", self._workflows),
            ("/admin/workflows/{flow:int}.svg", self._chart),
            ("/admin/notices", self._notices),
            ("/admin/notices/{flow:int}/{folder}/{notice}", self._notice),
            ("/admin/notices/{flow:int}/{folder}/{notice}/{sample:int}.html", self._mail),
            ("/admin/log", self._log),
            ("/admin/log.csv", self._file),
        )
        self.routes = [Route(path, self._for_keepers(shows), methods=["GET"]) for path, shows in pages]

    def _for_keepers(self, shows: Shows) -> Callable[[Request], Response]:
        def given(request: Request) -> Response:
            member = self._sessions.member(request)
            if member is None:
                return self.sign_in(request)
            if not member.keeper:
                line = "It is for those of us who have the role admin in postroom.toml."
                return page(
                    Page("en", "Administration", lines=(line,), back=("/tickets", "Tickets")), self._powers.team, 403
                )
            return shows(request, member)

        return given

    def _settings(self, request: Request, member: Member) -> Response:
        sections = self._powers.desk.office().sections
        return self.shown(request, member, "admin.html", sections=(*sections[:1], self._programs(), *sections[1:]))

    def _programs(self) -> Section:
        """What other programs may do, which commands say and no file."""
        with self._powers.database.read() as tx:
            found = tokens.every(tx)
        zone = self._powers.desk.zone

        def says(one: Token) -> tuple[str, ...]:
            used = f"used on {one.used_at.astimezone(zone):%Y-%m-%d}" if one.used_at else "never used"
            return f"for {one.owner}", ", ".join(one.scopes), f"until {one.expires.astimezone(zone):%Y-%m-%d}, {used}"

        settings = tuple(Setting(one.name, says(one), "postroom token") for one in found)
        return Section(
            "Programs", "They act over HTTP for one of us, by a token whose secret nobody can look up.", settings
        )

    def _workflows(self, request: Request, member: Member) -> Response:
        office = self._powers.desk.office()
        flows = [(place, flow, office.lint(place)) for place, flow in enumerate(office.flows)]
        return self.shown(request, member, "admin-workflows.html", flows=flows)

    def _chart(self, request: Request, _member: Member) -> Response:
        office, place = self._powers.desk.office(), int(request.path_params["flow"])
        if place >= len(office.flows):
            return self._none()
        return Response(office.chart(place), media_type="image/svg+xml")

    def _notices(self, request: Request, member: Member) -> Response:
        return self.shown(request, member, "admin-notices.html", flows=self._powers.desk.office().flows)

    def _notice(self, request: Request, member: Member) -> Response:
        found, language = self._previews(request)
        if not found:
            return self._none()
        place, path = int(request.path_params["flow"]), request.url.path
        return self.shown(
            request, member, "admin-notice.html", previews=found, path=path, language=language,
            notice=f"{request.path_params['folder']}/{request.path_params['notice']}",
            languages=self._powers.desk.office().flows[place].languages,
        )  # fmt: skip

    def _mail(self, request: Request, _member: Member) -> Response:
        found, sample = self._previews(request)[0], int(request.path_params["sample"])
        if sample >= len(found):
            return self._none()
        return framed(found[sample].html)

    def _previews(self, request: Request) -> tuple[tuple[Preview, ...], str]:
        office, asked = self._powers.desk.office(), request.path_params
        place, notice = int(asked["flow"]), f"{asked['folder']}/{asked['notice']}"
        flow = office.flows[place] if place < len(office.flows) else None
        language = request.query_params.get("language", "en")
        if flow is None or notice not in flow.notices or language not in flow.languages:
            return (), language
        return office.preview(place, notice, language), language

    def _log(self, request: Request, member: Member) -> Response:
        period, who = self._asked(request)
        days = period.days
        found = self._lines(days, who, FEW)
        return self.shown(
            request, member, "admin-log.html", lines=found, days=days, instead=period.instead, who=who, few=FEW, when=self.when, named=self._named,
            query=f"first={days.first}&last={days.last}",
        )  # fmt: skip

    def _file(self, request: Request, _member: Member) -> Response:
        period, who = self._asked(request)
        days = period.days
        zone = self._powers.desk.zone

        def cells(did: Did) -> tuple[Cell, ...]:
            at = did.at.astimezone(zone).replace(microsecond=0)
            return at, did.by, did.what, did.ticket, *self._named(did), did.because

        text = rows([HEADS, *map(cells, self._lines(days, who, ALL))])
        headers = {"content-disposition": f'attachment; filename="log-{days.first}-{days.last}.csv"'}
        return Response(text, headers=headers, media_type="text/csv")

    def _named(self, did: Did) -> tuple[str, str]:
        """The statuses of an act, by their names."""
        known = self._powers.desk.workflow(did.workflow).statuses
        was, now = (known[key].name if key in known else key for key in (did.was, did.status))
        return was, now

    def _lines(self, days: Days, who: str, limit: int) -> list[Did]:
        zone = self._powers.desk.zone
        since, until = (
            datetime.combine(day, time.min, zone).astimezone(UTC) for day in (days.first, days.last + A_DAY)
        )
        with self._powers.database.read() as tx:
            return list(log(tx, Asked(since, until, who), limit))

    def _asked(self, request: Request) -> tuple[Period, str]:
        asked = request.query_params
        today: date = self._powers.now().astimezone(self._powers.desk.zone).date()
        period = asked_dates(asked.get("first", ""), asked.get("last", ""), today - LAST, today)
        return period, asked.get("who", "").strip()[:LONGEST]

    def _none(self) -> Response:
        return page(Page("en", "There is no such page here", back=("/admin", "Administration")), self._powers.team, 404)
