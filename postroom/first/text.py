"""The text of a first postroom.toml: every key that matters, with its comment. Pure; no secret is in it."""

from collections.abc import Iterator, Mapping

import msgspec

from postroom.config import PORTS
from postroom.first.candidates import Candidate
from postroom.first.plan import Box, Plan
from postroom.first.registering import Signed
from postroom.first.trying import SignIn
from postroom.settings import RetentionSettings

COLUMN = 42  # where comments begin


def toml(plan: Plan, files: Mapping[str, str]) -> str:
    """The whole file. `files` says under which name each of the plan's secrets is kept."""
    boxes = (_mailbox(plan, box, files) for box in plan.boxes)
    sign_ins = (_oauth(one, files) for one in plan.sign_ins.values())
    blocks = [_general(plan), *boxes, _smtp(plan, files), *sign_ins, _staff(plan), _retention()]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)


def _general(plan: Plan) -> Iterator[str]:
    yield "# postroom.toml: what each key may say stands in docs/configuration.md. Passwords lie in files of their own."
    yield _key("workflow", plan.workflow, '"courseleaf", "service-desk", or the path of your own workflow file')
    yield _key("database", "sqlite:///postroom.db", 'or "postgresql+psycopg://user@host/name"')
    yield _key(
        "public_url",
        plan.public_url,
        "where clients and staff reach the pages: mails link to them",
        off=not plan.public_url,
    )
    yield _key("timezone", plan.timezone, "the team's; every date is shown in it")
    yield _key("answer_within", "one working day", "what acknowledgements promise; without it, nothing", off=True)
    yield _key("secret_key_file", "postroom.key", "signs reply addresses: keep it with your backups")
    trusted = plan.authserv_ids
    yield _key("trusted_authserv_ids", list(trusted), "whose Authentication-Results are believed", off=not trusted)


def _mailbox(plan: Plan, box: Box, files: Mapping[str, str]) -> Iterator[str]:
    support = box.role == "support"
    yield "[[mailbox]]"
    yield _key("role", box.role, 'or "escalate"' if support else "a mail to it is a matter for the manager")
    yield _key("address", box.address)
    yield _key("aliases", [f"help@{box.address.rpartition('@')[2]}"], "its other addresses", off=True)
    yield f"imap = {_imap(plan, box.sign_in, files.get(f'{box.role}.password', ''))}"
    yield _key("folder", "INBOX", "the one that is read", off=True)
    yield _key("processed_folder", plan.processed_folder, 'read mail is filed here; "" leaves it in place')
    reads = plan.reads_sent and support
    yield _key("sent_folder", "auto", "what you send from your own mail program is read there", off=not reads)
    yield _key("start", plan.start, 'older mail is left alone; or "all", or a first day')
    yield _key("reply_token", "plus", 'or "off": postroom check --send says which', off=True)


def _smtp(plan: Plan, files: Mapping[str, str]) -> Iterator[str]:
    yield "[smtp]"
    yield _key("host", plan.smtp.host)
    yield _key("port", plan.smtp.port, off=plan.smtp.port == PORTS["smtp"][plan.smtp.tls])
    yield _key("tls", plan.smtp.tls, '"starttls", "implicit", or "none" on this machine')
    if plan.smtp_sign_in.user:
        yield _key("user", plan.smtp_sign_in.user)
        yield _key(*_lets_in(plan.smtp_sign_in, files.get(plan.smtp_file, "")))
    if plan.ca_file:
        yield _key("ca_file", plan.ca_file, "whose certificates are believed")
    yield _key("from", f"{plan.team} <{plan.boxes[0].address}>", "the sender of every answer")


def _staff(plan: Plan) -> Iterator[str]:
    yield "[[staff]]"
    yield _key("address", plan.staff, "one block for each person")
    yield _key("name", plan.staff_name)
    yield _key("roles", ["agent", "manager"], '"agent", "manager", "admin"')
    yield _key("notify", ["new", "replied", "escalated", "assigned"], "at once, by mail, to be answered by mail; or []")
    yield _key("digest", "daily 08:00", 'what waits, by mail; or "weekdays 08:00", or ""')


def _retention() -> Iterator[str]:
    yield "[retention]"
    days = RetentionSettings().closed_ticket_days
    yield _key(
        "closed_ticket_days", days, "what was said on a ticket is forgotten so long after it was closed; 0: never"
    )


def _imap(plan: Plan, sign_in: SignIn, file: str) -> str:
    where = _where(plan.imap)
    pairs = [*where, ("user", sign_in.user), _lets_in(sign_in, file)]
    pairs += [("ca_file", plan.ca_file)] if plan.ca_file else []
    return f"{{ {', '.join(f'{name} = {_value(value)}' for name, value in pairs)} }}"


def _lets_in(sign_in: SignIn, file: str) -> tuple[str, str]:
    return ("oauth", sign_in.signed.name) if sign_in.signed else ("password_file", file)


def _oauth(signed: Signed, files: Mapping[str, str]) -> Iterator[str]:
    of, name = signed.application, signed.name
    yield f"[oauth.{name}]"
    yield _key("provider", of.provider, f"signed in by a person; again: postroom sign-in {name}")
    if of.tenant:
        yield _key("tenant", of.tenant)
    yield _key("client_id", of.client_id)
    if of.secret:
        yield _key("client_secret_file", files[f"{name}.secret"])
    yield _key("token_file", files[f"{name}.token"], "written anew at each renewal")


def _where(server: Candidate) -> list[tuple[str, object]]:
    """What is the default is left out."""
    pairs: list[tuple[str, object]] = [("host", server.host)]
    pairs += [("port", server.port)] if server.port != PORTS["imap"][server.tls] else []
    return pairs + ([("tls", server.tls)] if server.tls != "implicit" else [])


def _key(name: str, value: object, comment: str = "", *, off: bool = False) -> str:
    """A line with its comment in a column; `off` makes the whole of it one, to be switched on by hand."""
    line = f"{'# ' if off else ''}{name} = {_value(value)}"
    return (
        f"{line:<{COLUMN}}# {comment}" if comment and len(line) < COLUMN else f"{line} # {comment}" if comment else line
    )


def _value(value: object) -> str:
    """What JSON writes for texts without control characters, numbers and lists of them is TOML, too (TOML 1.0.0)."""
    return msgspec.json.encode(value).decode().replace('","', '", "')
