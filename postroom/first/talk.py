"""The conversation of a first run: question after question, until all of a Plan is known. It writes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inbound.down import MailboxDown
from inbound.message import Address, Message
from postroom import values
from postroom.cli import Refused
from postroom.first.asking import Asker
from postroom.first.authserv import proposed
from postroom.first.candidates import Answers, Candidate
from postroom.first.finding import Finder
from postroom.first.houses import HOUSES, House, house_of
from postroom.first.machine import time_zone
from postroom.first.mailbox import Seen, is_there, look
from postroom.first.plan import Box, Plan
from postroom.first.trying import SignIn, imap_server

LookUp = Callable[[str], Answers]
Parse = Callable[[Sequence[bytes]], Sequence[Message]]
WORKFLOWS = ("courseleaf", "service-desk")
IN_PLACE = "-"  # how "" is typed


@dataclass(frozen=True, slots=True)
class Talk:
    """`look_up` asks the DNS, `parse` reads mails; `password` and `ca_file` were named on the command line, or are ""."""

    asker: Asker
    look_up: LookUp
    parse: Parse
    password: str = ""
    ca_file: str = ""
    houses: Sequence[House] = HOUSES

    def plan(self) -> tuple[Plan, Seen]:
        """What is to be written, and the support mailbox as it lies there. Raises Refused, ConfigError, click.Abort."""
        own = self.asker.ask("address", "Address of the support mailbox", None, _address)
        found = self._asked(own.domain)
        house = house_of(found.mx, self.houses)
        finder = Finder(self.asker, own.domain.lower(), found, self.ca_file, self.password, house)
        server, sign_in = finder.imap(own.addr)
        seen = self._seen(server, sign_in)
        smtp, sending = finder.smtp(sign_in)
        boxes = (Box("support", own.addr, sign_in), *self._escalate(finder, server, sign_in))
        start = self._start(seen)
        folder = self._processed(server, sign_in)
        reads_sent = self._reads_sent(own.addr, seen)
        ids = self._trusted(seen)
        team = self.asker.ask("team", "Name that your mails come from", own.name or "Support", _name)
        workflow = self.asker.ask("workflow", "Workflow: courseleaf or service-desk", WORKFLOWS[0], _workflow)
        staff = self.asker.ask("staff", "Who answers first (Kim <kim@example.com>)", None, _person)
        zone = self.asker.ask("timezone", "Time zone of the team", time_zone(), _zone)
        url = self.asker.ask("url", "Address of the web pages, as seen from outside (empty: none yet)", "", _url)
        plan = Plan(
            boxes=boxes,
            imap=server,
            smtp=smtp,
            smtp_sign_in=sending,
            ca_file=self.ca_file,
            team=team,
            workflow=workflow,
            timezone=zone,
            public_url=url,
            start=start,
            processed_folder=folder,
            reads_sent=reads_sent,
            authserv_ids=ids,
            staff=staff.addr,
            staff_name=staff.name,
        )
        return plan, seen

    def _asked(self, domain: str) -> Answers:
        self.asker.say(f"Looking for the servers of {domain} …")
        return self.look_up(domain.lower())

    def _seen(self, server: Candidate, sign_in: SignIn) -> Seen:
        try:
            return look(imap_server(server, sign_in, self.ca_file), "INBOX")
        except MailboxDown as error:
            raise Refused(f"INBOX cannot be read: {error}: try again") from None

    def _escalate(self, finder: Finder, server: Candidate, like: SignIn) -> tuple[Box, ...]:
        """The second mailbox, where there is one. It lies on the same server."""
        address = self.asker.ask("escalate", "Address of the escalation mailbox (empty: there is none)", "", _maybe)
        if not address:
            return ()
        sign_in = finder.sign_in(server, address, "escalate", like)
        return (Box("escalate", address, sign_in),) if sign_in else ()

    def _start(self, seen: Seen) -> str:
        there = "1 mail lies" if seen.number == 1 else f"{seen.number:,} mails lie"
        self.asker.say(f"{there} in INBOX. postroom can leave them alone, or work on all, or on those since a day.")
        start = self.asker.ask("start", 'Begin with: "now", "all", or a day such as 2026-11-22', "now", _start)
        # Until the first run begins, days may pass: their mail is not older mail.
        return seen.at.isoformat() if start == "now" else start

    def _processed(self, server: Candidate, sign_in: SignIn) -> str:
        words = f'Folder for mail that was read ("{IN_PLACE}" leaves it in INBOX)'
        folder = self.asker.ask("processed", words, "Processed", _folder)
        if folder:
            try:
                there = is_there(imap_server(server, sign_in, self.ca_file), folder)
            except MailboxDown as error:
                raise Refused(f"{folder} cannot be looked for: {error}: try again") from None
            self.asker.say(
                f"  {folder} is there." if there else f"  The first run makes {folder}; nothing is made now."
            )
        return folder

    def _reads_sent(self, address: str, seen: Seen) -> bool:
        if not seen.sent:
            return False
        self.asker.say(f"What is sent as {address} from your own mail programs lies in {seen.sent}.")
        return self.asker.confirm("Put it on its tickets, too? Nobody is written to because of it", default=True)

    def _trusted(self, seen: Seen) -> tuple[str, ...]:
        name, number = proposed(self.parse([one.raw for one in seen.last if isinstance(one.raw, bytes)]))
        if not name:
            return ()
        self.asker.say(
            f"{name} writes on top of {number} of the last {len(seen.last)} mails whether their sender is genuine."
        )
        return (name,) if self.asker.confirm("Is that your own mail server, and to be believed?", default=True) else ()


def _address(text: str) -> Address:
    address = values.address(text)
    if "." not in address.domain and address.domain != "localhost":
        raise ValueError("write it with its domain: support@example.com")
    return address


def _maybe(text: str) -> str:
    return _address(text).addr if text else ""


def _person(text: str) -> Address:
    given = _address(text)
    return given if given.name else Address(given.addr, given.addr.partition("@")[0].capitalize())


def _name(text: str) -> str:
    if set('<>"@\\') & set(text):
        raise ValueError('write it without < > " @ and \\')
    return values.plain(text)


def _start(text: str) -> str:
    values.start(text)
    return text


def _zone(text: str) -> str:
    return values.zone(text).key


def _folder(text: str) -> str:
    name = "" if text == IN_PLACE else values.plain(text)
    if name.upper() == "INBOX":
        raise ValueError("INBOX is the folder that is read: name another")
    return name


def _workflow(text: str) -> str:
    if text not in WORKFLOWS:
        raise ValueError("write courseleaf or service-desk; your own can be named in postroom.toml later")
    return text


def _url(text: str) -> str:
    if text and not (text.startswith(("https://", "http://")) and text.isprintable() and " " not in text):
        raise ValueError("write it as https://help.example.com")
    return text.rstrip("/")
