"""The guide: every status of the workflows, with what it means for a client. Open to everybody: it says nothing of anybody."""

from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.page import shown
from dashboard.powers import Powers
from dashboard.sessions import Sessions
from dashboard.theirs import anchor, meaning, turn
from dashboard.tongue import preferred
from outbound.phrasebook import LANGUAGES, say
from store import clients
from workflow.machine import Status, Workflow


@dataclass(frozen=True, slots=True)
class Entry:
    """A status as the guide explains it."""

    at: str
    name: str
    colour: str
    open: bool
    turn: str
    means: str


class Guide:
    """One address."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        self._powers = powers
        self._sessions = sessions
        self.routes = [Route("/statuses", self._all, methods=["GET"])]

    def _all(self, request: Request) -> Response:
        address = self._sessions.client(request)
        language = self._language(request, address)
        flows = [(flow.title, [_entry(flow, one, language) for one in flow.statuses.values()]) for flow in self._powers.counter.workflows]  # fmt: skip
        return shown(
            "statuses.html", team=self._powers.team, address=address, proof=self._sessions.proof(request),
            language=language, say=partial(say, language), flows=flows,
        )  # fmt: skip

    def _language(self, request: Request, address: str) -> str:
        with self._powers.database.read() as tx:
            known = clients.language(tx, clients.keys(tx, address)) if address else ""
        heard = preferred(request.headers.get("accept-language", ""), self._powers.counter.language)
        return known if known in LANGUAGES else heard


def _entry(flow: Workflow, status: Status, language: str) -> Entry:
    said = meaning(status, language)
    return Entry(anchor(flow, status.key), status.name, status.colour, status.open, turn(status, language), said)
