"""What the bench asks for: every page that the site has, and the forms that are answered with a page instead of a redirect."""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import func, select

from dashboard.asked import written
from dashboard.sessions import FORM
from outbound.link import entrance, link
from postroom.app import App
from store import sessions, tickets, traces
from store.database import Transaction
from store.tables import mail, outbox, ticket
from tests.bench.kept import SPAN
from workflow.machine import Choice

STAFF, CLIENT, LINK = "bench-staff", "bench-client", "bench-link"
NEVER = "zyzzyva"  # nobody wrote it
# The addresses that are asked for at each route; those of a client's are below. `{…}` is filled in by `everything`.
PAGES: dict[str, tuple[str, ...]] = {
    "/sign-in": ("/sign-in",),
    "/sign-in/{secret}": (f"/sign-in/{LINK}", "{entrance}"),
    "/do/{what}/{token}": ("{link}",),
    "/tickets": (
        "/tickets",
        "/tickets?as=columns",
        "/tickets?view=open",
        "/tickets?view=closed",
        "/tickets?view=all",
        "/tickets?whose=mine",
        "/tickets?view=closed&whose=mine",
        "/tickets?search=course",
        "/tickets?search=course+page+report",
        "/tickets?search={rare}",
        f"/tickets?search={NEVER}",
    ),
    "/tickets/{number:int}": ("/tickets/{number}",),
    "/mails": ("/mails", "/mails?state=processed", "/mails?state=quarantined"),
    "/mails/m{number:int}": ("/mails/m{mail}",),
    "/mails/m{number:int}/look": ("/mails/m{mail}/look",),
    "/mails/senders": ("/mails/senders",),
    "/outbox": ("/outbox", "/outbox?state=dead", "/outbox?state=queued"),
    "/outbox/o{number:int}": ("/outbox/o{sent}",),
    "/today": ("/today",),
    "/admin": ("/admin",),
    "/admin/workflows": ("/admin/workflows",),
    "/admin/workflows/{flow:int}.svg": ("/admin/workflows/0.svg",),
    "/admin/notices": ("/admin/notices",),
    "/admin/notices/{flow:int}/{folder}/{notice}": ("/admin/notices/0/staff/new",),
    "/admin/notices/{flow:int}/{folder}/{notice}/{sample:int}.html": ("/admin/notices/0/staff/new/0.html",),
    "/admin/log": ("/admin/log",),
    "/my": ("/my", "/my?view=all&search=course"),
    "/my/{number:int}": ("/my/{number}",),
    "/statuses": ("/statuses",),
}
OF_CLIENTS = ("/my", "/statuses")
# No page: a redirect, what never ends, a file, an answer to a program, and what a browser keeps.
NO_PAGES = {
    "/",
    "/live",
    "/files/{token}",
    "/mails/m{number:int}/raw",
    "/tickets/{number:int}/files/{file:int}",
    "/my/{number:int}/files/{file:int}",
    "/reports/{table}.csv",
    "/admin/log.csv",
    "/healthz",
    "/readyz",
    "/metrics",
    "/style.css",
    "/desk.css",
    "/desk.js",
    "/favicon.ico",
}
OF_PROGRAMS = "/api/"
APART = {"/reports"}  # measured in two years of a team's work: reported.py


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of somebody, who is the secret of their session. With a `form` it is a POST; `shown` tells it from others."""

    who: str
    path: str
    form: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        return f"POST {self.path}" if self.form else self.path


def everything(app: App) -> list[Asked]:
    """All of that, with a session for one of the team and one for a client."""
    member, now = app.config.settings.staff[0].address, app.now()
    with app.database.write() as tx:
        number = tx.execute(select(func.max(ticket.c.number)).where(ticket.c.number < SPAN, ticket.c.open)).scalar_one()
        client = tx.execute(select(ticket.c.requester).where(ticket.c.number == number)).scalar_one()
        came = tx.execute(select(func.max(mail.c.id)).where(mail.c.id < SPAN)).scalar_one()
        sent = tx.execute(select(func.max(outbox.c.id))).scalar_one()
        for secret, address in ((STAFF, member), (CLIENT, client), (LINK, client)):
            sessions.ask(tx, secret, address, "/", now, now + timedelta(minutes=15))
        for secret in (STAFF, CLIENT):
            sessions.begin(tx, secret, secret, now, now + timedelta(days=1))
        order, another, one = _order(tx, number), _order(tx, number - 1), tickets.ticket(tx, number)
    page = {"number": number, "mail": came, "sent": sent, "rare": client.partition("@")[0]}
    page["entrance"] = entrance(app.keys, "", client, now + timedelta(days=1), one)
    page["link"] = link(app.keys, "", Choice.NO_LONGER_NEEDED, client, now + timedelta(days=1), one)
    asked = [
        Asked(CLIENT if route.startswith(OF_CLIENTS) else STAFF, path.format(**page))
        for route, paths in PAGES.items()
        for path in paths
    ]
    reply = order | {"text": "Have you saved the page?"}
    return [
        *asked,
        Asked(STAFF, f"/tickets/{number}/preview/reply", reply),
        Asked(STAFF, f"/tickets/{number}/preview/reply/0.html", reply),
        Asked(STAFF, f"/tickets/{number}/words", reply | {"status": "problem_solved"}),
        Asked(STAFF, "/tickets/take-back", another | {f"waits-{number - 1}": f"act:{number - 1}:1"}),
        Asked(STAFF, "/tickets", another | {"deed": "assign", "to": member, f"ticket-{number - 1}": another["seen"]}),
    ]


def _order(tx: Transaction, number: int) -> dict[str, str]:
    """What every form of that ticket's page brings along."""
    mark = traces.mark(tx, number)
    assert mark is not None
    proof = sha256(f"{FORM}:{STAFF}".encode()).hexdigest()
    return {FORM: proof, "seen": str(mark.version), "upto": str(written(mark.at))}
