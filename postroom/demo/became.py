"""What became of a mail, for those who watch the demo."""

from outbound.outbox import State
from postroom.app import App
from postroom.commands.output import one_line
from postroom.demo.board import Shown
from postroom.rows import status_name
from store import reports
from store.lines import MailLine


def became(app: App, mail: MailLine, story: str = "") -> Shown:
    with app.database.read() as tx:
        page = reports.ticket_page(tx, mail.ticket) if mail.ticket else None
        sent = [line for line in reports.outgoing(tx, limit=50) if page and line.ticket == mail.ticket]
    cause = [said for said in page.conversation if said.mail == mail.id] if page else []
    answers = [said.kind for said in cause if said.direction == "out" and said.visible_to == "client"]
    states = {line.notice: line.state for line in sent}
    answer = ", ".join(f"{kind} ({states.get(kind, State.QUEUED)})" for kind in answers)
    return Shown(
        mail=story or one_line(mail.subject) or "(no subject)",
        kind=mail.kind or mail.state,
        why=one_line(mail.because[0] if mail.because else mail.reason),
        ticket=f"#{mail.ticket}" if mail.ticket else mail.state,
        status=status_name(app, page.ticket.status, page.ticket.workflow) if page else "",
        answer=answer or "none",
    )
