"""Bodies: what a program may send, as values that are checked before anything else is. Unknown names are refused: they are slips."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from dashboard.problem import Problem

Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Subject = Annotated[str, Meta(min_length=1, max_length=150)]  # a mail shows no more
Note = Annotated[str, Meta(max_length=20_000)]
Short = Annotated[str, Meta(max_length=200)]


class Status(Struct, forbid_unknown_fields=True):
    """Another status. `text`: words of one's own to the client, instead of the status's mail. `note`: for the team alone."""

    status: Line
    until: Short = ""
    text: Note = ""
    note: Note = ""


class Assignee(Struct, forbid_unknown_fields=True):
    """Whose ticket it is: the address of one of the team, or "" for nobody."""

    address: Short


class Words(Struct, forbid_unknown_fields=True):
    """Words to the client, or a note."""

    text: Text


class New(Struct, forbid_unknown_fields=True):
    """A first mail to a client. `mailbox`: by name; the first support mailbox where it is empty."""

    client: Line
    subject: Subject
    text: Text
    mailbox: Short = ""


Body = TypeVar("Body", Status, Assignee, Words, New)


def read(kind: type[Body], media_type: str, body: bytes) -> Body:
    """Raises Problem."""
    if media_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(415, "send JSON: Content-Type: application/json")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"that is no JSON: {error}") from None
