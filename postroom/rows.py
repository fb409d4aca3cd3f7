"""What is remembered, in the words of its readers: statuses by their names, mails as m17 and o17. It prints nothing."""

from typing import Any

from outbound.link import nobody_elses
from postroom.app import App
from store.lines import MailLine, OutboxLine, TicketLine, TicketPage, as_json

Row = dict[str, Any]


def ticket_row(app: App, line: TicketLine) -> Row:
    return {**_row(line), "status": status_name(app, line.status, line.workflow)}


def page_row(app: App, page: TicketPage) -> Row:
    """A ticket, whole."""
    row = {**_row(page), "status": status_name(app, page.ticket.status, page.ticket.workflow)}
    for moved in row["history"]:
        moved["from"] = status_name(app, moved["from"], page.ticket.workflow) if moved["from"] else None
        moved["to"] = status_name(app, moved["to"], page.ticket.workflow)
        moved["mail"] = incoming_id(moved["mail"])
    for said in row["conversation"]:
        said["text"] = nobody_elses(said["text"])
        said["mail"] = incoming_id(said["mail"])
        said["outgoing"] = outgoing_id(said["outgoing"])
        said["attachments"] = [attached_row(one) for one in said["attachments"]]
    return row


def mail_row(line: MailLine) -> Row:
    reason = [line.reason] if line.reason and line.reason not in line.because else []
    return {**_row(line), "id": incoming_id(line.id), "because": [*line.because, *reason]}


def outbox_row(line: OutboxLine) -> Row:
    return {**_row(line), "id": outgoing_id(line.id), "last_answer": line.last_answer or line.reason}


def attached_row(file: Row) -> Row:
    """A file of the conversation, whose mail is named beside it."""
    shown = {key: value for key, value in file.items() if key not in {"mail", "outgoing"}}
    return {**shown, "id": file_id(file["id"])}


def incoming_id(number: int | None) -> str | None:
    return f"m{number}" if number else None


def outgoing_id(number: int | None) -> str | None:
    return f"o{number}" if number else None


def file_id(number: int) -> str:
    return f"a{number}"


def status_name(app: App, key: str, workflow: str) -> str:
    """The status as its owner wrote it; its key, where the workflow has none of that key any more."""
    status = app.workflow(workflow).statuses.get(key)
    return status.name if status else key


def _row(line: TicketLine | TicketPage | MailLine | OutboxLine) -> Row:
    row = as_json(line)
    assert isinstance(row, dict)  # noqa: S101 - a line is a table of names and values
    return row
