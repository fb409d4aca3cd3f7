"""The guide: every status of the workflows, with what it means for a client. Open to everybody: it says nothing of anybody.

Clients who are signed in say whether it helped, so that each counts once; staff see how many did.
"""

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.forms import posted
from dashboard.next import of_status
from dashboard.page import Page, page, shown
from dashboard.powers import Powers
from dashboard.room import lost
from dashboard.sessions import Sessions
from dashboard.theirs import anchor, meaning, turn
from dashboard.tongue import preferred
from outbound.phrasebook import LANGUAGES, say
from store import clients, helpful
from workflow.machine import Status, Workflow

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Entry:
    """A status as the guide explains it."""

    at: str
    path: str  # where a client says whether that has helped
    name: str
    colour: str
    open: bool
    turn: str
    means: str
    next: str  # what happens by itself, and by when; "" for nothing
    said: bool | None  # what this client has said of it
    helped: tuple[int, int]  # how many said yes, and no


class Guide:
    """Two addresses."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        self._powers = powers
        self._sessions = sessions
        self.routes = [
            Route("/statuses", self._all, methods=["GET"]),
            Route("/statuses/{workflow}/{status}", self._answer, methods=["POST"]),
        ]

    def _all(self, request: Request) -> Response:
        address, member = self._sessions.client(request), self._sessions.member(request)
        with self._powers.database.read() as tx:
            known = clients.language(tx, clients.keys(tx, address)) if address else ""
            said = helpful.answers(tx, address) if address else {}
            sums = helpful.sums(tx) if member else {}
        language = known if known in LANGUAGES else self._heard(request)

        def entry(flow: Workflow, status: Status) -> Entry:
            which = (flow.name, status.key)
            return Entry(
                anchor(flow, status.key), f"/statuses/{flow.name}/{status.key}", status.name, status.colour,
                status.open, turn(status, language), meaning(status, language),
                of_status(status, flow, language, self._powers.counter.promises), said.get(which), sums.get(which, (0, 0)),
            )  # fmt: skip

        flows = [(one.title, [entry(one, each) for each in one.statuses.values()]) for one in self._flows()]
        return shown(
            "statuses.html", team=self._powers.team, address=member.shown if member else address, staff=bool(member),
            proof=self._sessions.proof(request), language=language, say=partial(say, language), flows=flows,
        )  # fmt: skip

    async def _answer(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._answered, request, form)

    def _answered(self, request: Request, form: dict[str, str]) -> Response:
        language, address = self._heard(request), self._sessions.client(request)
        if not address or not self._sessions.is_ours(request, form):
            return lost(self._powers.team, language, "", "/statuses")
        name, key, said = request.path_params["workflow"], request.path_params["status"], form.get("helpful", "")
        flow = next((one for one in self._flows() if one.name == name and key in one.statuses), None)
        if flow is None or said not in {YES, NO}:
            return page(Page(language, say(language, "nothing_done")), self._powers.team, 404)
        with self._powers.database.write() as tx:
            helpful.answer(tx, (flow.name, key), address, self._powers.now(), yes=said == YES)
        return RedirectResponse(f"/statuses#{anchor(flow, key)}", 303)

    def _flows(self) -> tuple[Workflow, ...]:
        return self._powers.counter.workflows

    def _heard(self, request: Request) -> str:
        return preferred(request.headers.get("accept-language", ""), self._powers.counter.language)
