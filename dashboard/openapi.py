"""The description of the API for other programs (OpenAPI 3.1): made from the values that it takes and gives, so that it says what is so."""

from functools import cache
from typing import Any

import msgspec

from dashboard import bodies
from dashboard.problem import MEDIA_TYPE
from store.lines import TicketLine, TicketPage

ROOT = "/api/v1"
REF = "#/components/schemas/{name}"
NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag under which the ticket was read. Where it has changed since, nothing is done (412).",
    "schema": {"type": "string"},
}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A name for this request. Sent again under it within a day, it does nothing twice.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,100}$"},
}
PROBLEMS = {
    "400": "It cannot be read.",
    "401": "No token, or not one that is good.",
    "403": "The token is not for this.",
    "404": "There is no such ticket.",
    "409": "It cannot be: the ticket does not allow it, or there is no such status, address or mailbox. `detail` says what can.",
    "412": "The ticket has changed since.",
    "413": "It is too large.",
    "415": "It is no JSON.",
    "422": "It does not say what it has to, or the key names another request.",
    "429": "Too many requests; Retry-After says when to come again.",
    "503": "The database does not answer.",
}
# As in `postroom ticket --json`: mails are named m17 and o17, files a17, statuses by their names.
NAMES = {"type": ["string", "null"]}
NAMED = {"mail": NAMES, "outgoing": NAMES, "id": {"type": "string"}, "from": NAMES}


@cache
def document() -> dict[str, Any]:
    """The whole of it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "postroom", "version": "1", "description": "Tickets for other programs, by tokens."},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {
            f"{ROOT}/openapi.json": {"get": _described()},
            f"{ROOT}/tickets": {
                "get": _list(),
                "post": _change("openTicket", "Write to a client first", bodies.New, 201),
            },
            f"{ROOT}/tickets/{{number}}": {"parameters": [NUMBER], "get": _read()},
            **{
                f"{ROOT}/tickets/{{number}}/{what}": {"parameters": [NUMBER], method: _change(name, said, body, 200)}
                for what, method, name, said, body in (
                    ("status", "put", "setStatus", "Set the status", bodies.Status),
                    ("assignee", "put", "assign", "Say whose ticket it is", bodies.Assignee),
                    ("replies", "post", "reply", "Write to the client", bodies.Words),
                    ("notes", "post", "note", "Leave a note for the team", bodies.Words),
                )
            },
        },
        "components": {"schemas": _schemas(), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(
        (TicketLine, TicketPage, bodies.Status, bodies.Assignee, bodies.Words, bodies.New), ref_template=REF
    )
    made = {name: _as_sent(schema) for name, schema in found.items()}
    page, line = made["TicketPage"], made["TicketLine"]
    # A ticket is one object with its parts.
    rest = {name: schema for name, schema in page["properties"].items() if name != "ticket"}
    page["properties"] = {**line["properties"], **rest}
    page["required"] = sorted(page["properties"])
    made["Problem"] = {
        "type": "object",
        "properties": {"status": {"type": "integer"}, "title": {"type": "string"}, "detail": {"type": "string"}},
        "required": ["status", "title", "detail"],
    }
    made["TicketList"] = {
        "type": "object",
        "properties": {"tickets": {"type": "array", "items": _ref("TicketLine")}, "next": NAMES},
        "required": ["tickets", "next"],
    }
    return made


def _as_sent(schema: dict[str, Any]) -> dict[str, Any]:
    """A value's schema with the names that JSON has; what we give is always whole."""
    if schema.get("additionalProperties") is False:
        return schema  # what we take
    properties = {name.rstrip("_"): one for name, one in schema["properties"].items()}
    for name in properties.keys() & NAMED.keys():
        properties[name] = NAMED[name]
    if schema["title"] == "Attached":  # its mail is named beside it
        properties = {name: one for name, one in properties.items() if name not in {"mail", "outgoing"}}
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": REF.format(name=name)}


def _answers(code: int, said: str, schema: dict[str, Any], *problems: str, tag: bool = False) -> dict[str, Any]:
    headers = {"ETag": {"description": "The version of the ticket.", "schema": {"type": "string"}}} if tag else {}
    good = {"description": said, "headers": headers, "content": {"application/json": {"schema": schema}}}
    return {str(code): good} | {
        one: {"description": PROBLEMS[one], "content": {MEDIA_TYPE: {"schema": _ref("Problem")}}} for one in problems
    }


def _described() -> dict[str, Any]:
    return {
        "operationId": "describe",
        "summary": "This description",
        "security": [],
        "responses": _answers(200, "OpenAPI 3.1.", {"type": "object"}),
    }


def _list() -> dict[str, Any]:
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 1}
    asked = {
        "status": ("Names or keys of statuses; may stand several times.", {"type": "array", "items": text}),
        "open": ("Only open tickets, or only closed ones.", {"type": "boolean"}),
        "mailbox": ("Only of that one, by its name.", text),
        "assigned": ('Only those of that address; "nobody" for those of nobody.', text),
        "search": (
            "Only those on which all these words were said, or with that number or tag.",
            {**text, "maxLength": 200},
        ),
        "before": ("Only numbers below it; `next` gives it.", whole),
        "limit": ("At most so many.", {**whole, "maximum": 200, "default": 50}),
    }
    return {
        "operationId": "listTickets",
        "summary": "Tickets, the newest first",
        "parameters": [
            {"name": name, "in": "query", "description": said, "schema": schema} for name, (said, schema) in asked.items()
        ],
        "responses": _answers(
            200, "`next` is the address of the rest, null where there is none.", _ref("TicketList"), "401", "403", "409", "422", "429", "503"
        ),
    }  # fmt: skip


def _read() -> dict[str, Any]:
    return {
        "operationId": "readTicket",
        "summary": "A ticket, with all that was said on it",
        "responses": _answers(
            200, "The ticket.", _ref("TicketPage"), "401", "403", "404", "422", "429", "503", tag=True
        ),
    }  # fmt: skip


def _change(name: str, said: str, body: type[msgspec.Struct], code: int) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": said,
        "parameters": [KEY] if code == 201 else [KEY, IF_MATCH],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(body.__name__)}}},
        "responses": _answers(code, "The ticket as it is now.", _ref("TicketPage"), *PROBLEMS, tag=True),
    }
