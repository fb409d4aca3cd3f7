"""Mine: a client's own requests: the list, and one with all that was said to them and by them, where they answer, close, approve and open it again."""

from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.counter import WRITE, NotTheirs, TooLate, TooMany, Wish
from dashboard.desk import Stale
from dashboard.files import KIND, disposition
from dashboard.forms import posted
from dashboard.page import Page, page, shown
from dashboard.powers import Powers
from dashboard.room import HIGHEST, lost, to_sign_in
from dashboard.sessions import Sessions
from dashboard.theirs import Stands, is_owed, lines, stands, steps
from dashboard.tongue import preferred
from outbound.phrasebook import LANGUAGES, say
from store import attachments, clients
from store.clients import Asked, Keys, TheirTicket
from store.limits import organisation
from workflow.choosing import offered
from workflow.decision import Ticket
from workflow.joining import too_late
from workflow.machine import Choice

FEW = 200  # lines of the list
LONGEST = 200  # characters of a search
LONGEST_TEXT = 20_000
VIEWS = {"open": True, "closed": False, "all": None}
BESIDE = "organisation"  # the view of what all of theirs have asked, where the configuration allows it


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever is signed in and is not one of us."""

    address: str
    keys: Keys
    language: str  # that of their mails; "" where nobody knows


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote into a form that was not accepted, and why: nothing typed is lost."""

    why: str = ""
    text: str = ""


class Mine:
    """Its addresses, behind the sign-in."""

    def __init__(self, powers: Powers, sessions: Sessions) -> None:
        self._powers = powers
        self._sessions = sessions
        self.routes = [
            Route("/my", self._list, methods=["GET"]),
            Route("/my/{number:int}", self._ticket, methods=["GET"]),
            Route("/my/{number:int}/files/{file:int}", self._file, methods=["GET"]),
            Route("/my/{number:int}/{what}", self._wish, methods=["POST"]),
        ]

    def _list(self, request: Request) -> Response:
        client = self._client(request)
        if client is None:
            return self._elsewhere(request, "/tickets")
        asked = request.query_params
        shared = {organisation(one) for one in client.keys} & self._powers.counter.organisations
        views = [*VIEWS, *([BESIDE] if shared else [])]
        view = asked.get("view", "open") if asked.get("view", "open") in views else "open"
        search = asked.get("search", "").strip()[:LONGEST]
        wanted = Asked(VIEWS.get(view), search)
        with self._powers.database.read() as tx:
            if view == BESIDE:
                found = clients.tickets_beside(tx, shared, search, FEW)
            else:
                found = clients.tickets_of(tx, client.keys, wanted, FEW)
            own = clients.those_of(tx, client.keys, [one.number for one in found])
        language = client.language or self._heard(request)
        rows = [self._stands(one, language) for one in found]
        rows = [one for one in rows if wanted.open in {None, one.open}]
        return self._shown(
            request,
            client,
            language,
            "my-list.html",
            rows=rows,
            own=own,
            view=view,
            views=views,
            search=search,
            few=FEW,
        )

    def _ticket(self, request: Request) -> Response:
        number = int(request.path_params["number"])
        client = self._client(request)
        if client is None:
            return self._elsewhere(request, f"/tickets/{number}")
        return self._page(request, client, number)

    def _page(
        self, request: Request, client: Client, number: int, typed: Typed | None = None, code: int = 200
    ) -> Response:
        found = self._found(client, number)
        if found is None:
            return self._none(client.language or self._heard(request), typed.text if typed else "")
        ticket, zone = found.ticket, self._powers.desk.zone
        language = ticket.language if ticket.language in LANGUAGES else client.language or self._heard(request)
        workflow = self._powers.desk.workflow(ticket.workflow)
        status = workflow.statuses.get(ticket.status)
        late = status is not None and too_late(ticket, status, workflow, self._powers.now())
        return self._shown(
            request, client, language, "my-ticket.html", code, mark=found.mark, ticket=self._stands(ticket, language, owed=is_owed(found.conversation)),
            entries=lines(found.conversation, language, zone), steps=steps(found.history, workflow, language, zone),
            choices=offered(ticket, workflow) if found.decides else (), late=late, longest=LONGEST_TEXT, typed=typed or Typed(),
        )  # fmt: skip

    def _file(self, request: Request) -> Response:
        client, number, wanted = self._client(request), request.path_params["number"], request.path_params["file"]
        if client is None:
            return self._elsewhere(request, f"/tickets/{number}")
        found = self._found(client, number)
        files = [file for said in found.conversation for file in said.attachments] if found else []
        file = next((one for one in files if one.id == wanted), None)
        if file is None:
            return self._none(client.language or self._heard(request))
        with self._powers.database.read() as tx:
            data = attachments.content(tx, file.id)
        # Whatever it is, no browser runs or shows what it does not know (T25).
        return Response(data, headers={"content-disposition": disposition(file.name or "unnamed")}, media_type=KIND)

    async def _wish(self, request: Request) -> Response:
        form = await posted(request)
        return await run_in_threadpool(self._wished, request, form)

    def _wished(self, request: Request, form: dict[str, str]) -> Response:
        number, what = int(request.path_params["number"]), request.path_params["what"]
        text = form.get("text", "").replace("\r\n", "\n").strip()
        client = self._client(request)
        if client is None or not self._sessions.is_ours(request, form):
            return lost(self._powers.team, self._heard(request), text, f"/my/{number}")
        if what not in {WRITE, *Choice} or number >= HIGHEST:
            return self._none(client.language or self._heard(request), text)
        wish = Wish(number, what, form.get("seen", ""), text)
        why = self._granted(client, wish)
        if why == "heard":
            return self._page(request, client, number, Typed(say(client.language or self._heard(request), why), text))
        if why:
            return self._refused(request, client, wish, why)
        if text and what != WRITE:
            return self._page(request, client, number, Typed(text=text))  # half written, and not sent
        return RedirectResponse(f"/my/{number}", 303)

    def _granted(self, client: Client, wish: Wish) -> str:
        """Why it was not, or not all of it, as a key of the phrasebook; "" where it was."""
        if wish.what == WRITE and not 0 < len(wish.text) <= LONGEST_TEXT:
            return "too_long" if wish.text else "too_short"
        try:
            done = self._powers.counter.grant(client.address, wish)
        except NotTheirs:
            return "none"
        except Stale:
            return "stale"
        except TooLate:
            return "too_late"
        except TooMany:
            return "too_many"
        return "" if done else "heard"

    def _refused(self, request: Request, client: Client, wish: Wish, why: str) -> Response:
        """Its page says why, and has what was typed; that of a ticket that is not theirs has nothing else."""
        said = say(client.language or self._heard(request), why)
        return self._page(request, client, wish.number, Typed(said, wish.text), 409)

    def _client(self, request: Request) -> Client | None:
        address = self._sessions.client(request)
        if not address:
            return None
        with self._powers.database.read() as tx:
            keys = clients.keys(tx, address)
            known = clients.language(tx, keys)
        return Client(address, keys, known if known in LANGUAGES else "")

    def _found(self, client: Client, number: int) -> TheirTicket | None:
        with self._powers.database.read() as tx:
            return clients.their_ticket(tx, client.keys, number) if 0 < number < HIGHEST else None

    def _stands(self, ticket: Ticket, language: str, *, owed: bool = False) -> Stands:
        """`owed`: they wait for an answer."""
        desk, within = self._powers.desk, self._powers.counter.promises if owed else {}
        return stands(ticket, desk.workflow(ticket.workflow), language, desk.zone, within)

    def _heard(self, request: Request) -> str:
        return preferred(request.headers.get("accept-language", ""), self._powers.counter.language)

    def _shown(
        self, request: Request, client: Client, language: str, template: str, code: int = 200, **names: object
    ) -> Response:
        frame = {"team": self._powers.team, "address": client.address, "proof": self._sessions.proof(request)}
        return shown(template, code, **frame, language=language, say=partial(say, language), **names)

    def _elsewhere(self, request: Request, at_the_desk: str) -> Response:
        """Staff have pages of their own; everybody else signs in, and comes back."""
        return RedirectResponse(at_the_desk, 303) if self._sessions.member(request) else to_sign_in(request)

    def _none(self, language: str, text: str = "") -> Response:
        """The same for a ticket of others as for none at all."""
        if text:
            return lost(self._powers.team, language, text, "/my", "none", 404)
        said = Page(
            language, say(language, "none"), lines=(say(language, "none_why"),), back=("/my", say(language, "mine"))
        )
        return page(said, self._powers.team, 404)
