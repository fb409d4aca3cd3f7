"""SmtpServer: our own SMTP server on loopback, that fails where it is told to and records what it took. It delivers nothing.

Where it fails is chosen by `server.fail(verb, action)`, or by the local part of the recipient: `tempfail@`, `refused@`,
`timeout@`, `451@` (any code, at RCPT), or `<action>-at-<verb>@` for the verbs after RCPT: `drop-at-data@`, `451-at-dot@`.

Verbs: greeting ehlo starttls auth mail rcpt data body dot rset noop quit. Actions:
`NNN` or `NNN some text` (that reply), `drop` (hangs up without one), `silence` (says no more), `stall` (reads no more, too), `slow` (the right reply, an
octet at a time), `garbage`, `multiline`, `long` (an over-long line), `surplus` (the right reply and one nobody asked for),
`flood` (a reply of lines without end), `controls` (the right reply, with control characters in its text).
At the dot: `keep-drop` and `keep-silence` take the mail first. At starttls: `strip` (not offered), `inject`, `plain` (goes on in clear).
"""

import base64
import re
import socket
import ssl
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

ALIASES = {
    "tempfail": ("450 4.2.0 try again later", "rcpt"),
    "refused": ("550 5.1.1 no such user", "rcpt"),
    "timeout": ("silence", "dot"),
}
# The extension that offers a parameter of MAIL, where it has another name.
KEYWORDS = {"BODY": "8BITMIME", "RET": "DSN", "ENVID": "DSN"}
EARLY = {"greeting", "ehlo", "starttls", "auth", "mail"}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was accepted: its envelope and its octets, dots unstuffed, without the final dot."""

    sender: str
    recipient: str
    raw: bytes
    options: tuple[str, ...]
    connection: int
    at: float  # time.time()
    wishes: tuple[str, ...] = ()  # the parameters of RCPT


class HungUpError(Exception):
    """The connection is over."""


@dataclass
class SmtpServer:
    """One server; use it as a context manager, or `start` and `stop` it: the port stays the same."""

    port: int = 0
    offers: tuple[str, ...] = ("SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    users: dict[str, str] = field(default_factory=dict)  # with any, AUTH is needed before MAIL
    auth: tuple[str, ...] = ("PLAIN", "LOGIN")
    tokens: Callable[[str], bool] | None = None  # whether an access token is good: then no password is
    tls: str = "none"  # starttls, implicit
    certificate: str = ""  # PEM with certificate and key
    octet_seconds: float = 0.05  # between the octets of a slow reply

    def __post_init__(self) -> None:
        self.host = "127.0.0.1"
        self.events: list[str] = []  # what happened, in order; tests add their own marks
        self.lines: list[bytes] = []  # every command line as it came, in clear or decrypted
        self.cleartext = bytearray()  # all that came outside TLS
        self.connections = 0
        self.dot_seen = threading.Event()
        self.stopping = threading.Event()
        self.waiters = threading.Condition()
        self._script: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._accepted: list[Mail] = []
        self._open: dict[int, socket.socket] = {}
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def accepted(self) -> list[Mail]:
        """A copy, in the order of acceptance."""
        with self.waiters:
            return list(self._accepted)

    def start(self) -> None:
        self.stopping.clear()
        self._listener = socket.create_server((self.host, self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._run(self._listen, self._listener)

    def stop(self) -> None:
        """Hangs up on everybody, as a crash would. What was accepted stays known."""
        self.stopping.set()
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(10)
        self._threads.clear()

    def hang_up(self) -> None:
        """Ends all connections; new ones are welcome."""
        with self.waiters:
            sockets = list(self._open.values())
        for sock in sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def fail(self, verb: str, action: str, times: int = 1_000_000) -> None:
        """From now on, `times` times, do this at that verb. Several are used up in order."""
        with self.waiters:
            self._script[verb].append((action, times))

    def heal(self) -> None:
        with self.waiters:
            self._script.clear()

    def wait_for(self, count: int, timeout: float = 10) -> list[Mail]:
        """The accepted mails as soon as there are `count`; TimeoutError when that does not happen."""
        with self.waiters:
            if not self.waiters.wait_for(lambda: len(self._accepted) >= count, timeout):
                raise TimeoutError(f"{len(self._accepted)} of {count} mails after {timeout} s")
            return list(self._accepted)

    def wait_until(self, true: Callable[[], bool], timeout: float = 60) -> None:
        """Waits for something about `events`, `lines` or `connections`."""
        with self.waiters:
            if not self.waiters.wait_for(true, timeout):
                raise TimeoutError(f"not within {timeout} s; events: {self.events[-10:]}")

    def note(self, event: str) -> None:
        with self.waiters:
            self.events.append(event)
            self.waiters.notify_all()

    def keep(self, mail: Mail) -> None:
        with self.waiters:
            self._accepted.append(mail)
            self.waiters.notify_all()

    def action(self, verb: str, recipient: str = "") -> str:
        """What to do at a verb; "" for the right thing."""
        with self.waiters:
            queue = self._script[verb]
            if queue:
                action, times = queue.pop(0)
                if times > 1:
                    queue.insert(0, (action, times - 1))
                return action
        action, at = wished(recipient)
        return action if at == verb else ""

    def _listen(self, listener: socket.socket) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self._run(self._serve, sock)

    def _run(self, target: Callable[[socket.socket], None], sock: socket.socket) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, args=(sock,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.waiters:
            self.connections += 1
            number = self.connections
            self._open[number] = sock
        talk = Talk(self, sock, number)
        try:
            talk.run()
        except (HungUpError, OSError):
            pass
        finally:
            talk.sock.close()
            with self.waiters:
                self._open.pop(number, None)
                self.events.append("closed")
                self.waiters.notify_all()

    def replace(self, number: int, sock: socket.socket) -> None:
        with self.waiters:
            self._open[number] = sock

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context


def wished(recipient: str) -> tuple[str, str]:
    """The action and the verb that a recipient's local part asks for; two empty strings for none."""
    local = recipient.partition("@")[0].partition("+")[0]
    if local in ALIASES:
        return ALIASES[local]
    if re.fullmatch(r"[245]\d\d", local):
        return local, "rcpt"
    action, at, verb = local.partition("-at-")
    return (action, verb) if at else ("", "")


class Talk:
    """One connection: reads a line, answers it."""

    def __init__(self, server: SmtpServer, sock: socket.socket, number: int) -> None:
        self.server, self.sock, self.number = server, sock, number
        self.buffer = bytearray()
        self.secure = False
        self.user = ""
        self.sender: str | None = None
        self.recipient = ""
        self.options: tuple[str, ...] = ()
        self.wishes: tuple[str, ...] = ()

    def run(self) -> None:
        if self.server.tls == "implicit":
            self.handshake()
        self.reply("greeting", "220 test ESMTP")
        while True:
            line = self.line()
            verb = line.partition(" ")[0].upper()
            do = getattr(self, f"on_{verb.lower()}", None)
            if do is None:
                self.say("502 5.5.2 unknown command")
            else:
                do(line)

    def on_ehlo(self, line: str) -> None:
        offers = [*self.server.offers]
        if self.server.tls == "starttls" and not self.secure and self.server.action("offer") != "strip":
            offers.append("STARTTLS")
        if self.server.users or self.server.tokens:
            offers.append(f"AUTH {' '.join(self.server.auth)}")
        lines = ["test", *offers]
        self.reply("ehlo", *(f"250-{text}" for text in lines[:-1]), f"250 {lines[-1]}")

    def on_starttls(self, line: str) -> None:
        action = self.server.action("starttls")
        if action == "inject":
            self.send(b"220 go\r\n250 injected\r\n")
        elif action == "plain":
            self.send(b"220 go\r\n")
            self.receive()  # the handshake has begun: what comes now is no surplus to the 220
            self.send(b"250 go on in clear\r\n")
            return self.wait_for_the_end()
        elif not self.act(action, "220 go"):
            return None
        self.handshake()
        self.user, self.sender = "", None
        return None

    def on_auth(self, line: str) -> None:
        _, method, *given = line.split(" ")
        if self.server.tokens and method.upper() in self.server.auth:
            return self.bearer(self.server.tokens, given[0])
        ask = {"PLAIN": self.plain, "LOGIN": self.login}.get(method.upper())
        if ask is None or method.upper() not in self.server.auth:
            return self.say("504 5.5.4 unknown method")
        user, password = ask(given)
        if action := self.server.action("auth"):
            self.act(action, "235 2.7.0 welcome")
        elif self.server.users.get(user) == password:
            self.user = user
            self.say("235 2.7.0 welcome")
        else:
            self.say("535 5.7.8 wrong user or password")
        return None

    def bearer(self, good: Callable[[str], bool], given: str) -> None:
        """XOAUTH2 and OAUTHBEARER, with their error as a challenge that the client has to answer."""
        parts = base64.b64decode(given).decode().split("\x01")
        token = next(part for part in parts if part.startswith("auth=Bearer ")).removeprefix("auth=Bearer ")
        if good(token):
            self.user = parts[0].removeprefix("user=")
            return self.say("235 2.7.0 welcome")
        challenge = base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode()
        self.say(f"334 {challenge}")
        self.line()
        return self.say("535 5.7.3 Authentication unsuccessful")

    def plain(self, given: list[str]) -> tuple[str, str]:
        if not given:
            self.say("334 ")
        _, user, password = base64.b64decode(given[0] if given else self.line()).decode().split("\0")
        return user, password

    def login(self, given: list[str]) -> tuple[str, str]:
        if not given:
            self.say("334 VXNlcm5hbWU6")
        user = base64.b64decode(given[0] if given else self.line()).decode()
        self.say("334 UGFzc3dvcmQ6")
        return user, base64.b64decode(self.line()).decode()

    def on_mail(self, line: str) -> None:
        match = re.fullmatch(r"MAIL FROM:<([^>]*)>((?: [^ ]+)*)", line, re.IGNORECASE)
        offered = {offer.split()[0] for offer in self.server.offers}
        needs = (
            {KEYWORDS.get(word := option.partition("=")[0], word) for option in match[2].split()} if match else set()
        )
        if match is None or not needs <= offered:
            self.say("555 5.5.4 bad parameters")
        elif self.sender is not None:
            self.say("503 5.5.1 nested MAIL")
        elif (self.server.users or self.server.tokens) and not self.user:
            self.say("530 5.7.0 log in first")
        elif self.reply("mail", "250 2.1.0 Ok"):
            self.sender, self.options = match[1], tuple(match[2].split())

    def on_rcpt(self, line: str) -> None:
        match = re.fullmatch(r"RCPT TO:<(.*?)>((?: [A-Z]+=[^ >]+)*)", line, re.IGNORECASE)
        if match is None or self.sender is None:
            self.say("503 5.5.1 MAIL first, and an address")
        elif match[2] and "DSN" not in self.server.offers:
            self.say("555 5.5.4 bad parameters")
        elif self.act(self.server.action("rcpt", match[1]), "250 2.1.5 Ok"):
            self.recipient, self.wishes = match[1], tuple(match[2].split())

    def on_data(self, line: str) -> None:
        if not self.recipient:
            return self.say("503 5.5.1 RCPT first")
        self.server.note("354")
        if self.act(self.server.action("data", self.recipient), "354 go"):
            self.content()
        return None

    def content(self) -> None:
        """The mail, up to CRLF.CRLF and nothing else (RFC 5321 §4.1.1.4)."""
        self.buffer[:0] = b"\r\n"
        if action := self.server.action("body", self.recipient):
            self.some(64)
            self.server.note("body")
            self.act(action, "250 2.0.0 much too early")
            self.server.note("early")
        wire = self.until(b"\r\n.\r\n")
        self.server.note("dot")
        self.server.dot_seen.set()
        self.end(
            Mail(
                self.sender or "", self.recipient, unstuffed(wire), self.options, self.number, time.time(), self.wishes
            )
        )

    def end(self, mail: Mail) -> None:
        action = self.server.action("dot", self.recipient)
        kept = action.startswith("keep-")
        if kept:
            self.server.keep(mail)
        if self.act(action.removeprefix("keep-"), "250 2.0.0 Ok: queued", before=lambda: self.server.keep(mail)):
            self.server.note("250")
        self.sender, self.recipient = None, ""

    def on_rset(self, line: str) -> None:
        self.sender, self.recipient = None, ""
        self.reply("rset", "250 2.0.0 Ok")

    def on_noop(self, line: str) -> None:
        self.reply("noop", "250 2.0.0 Ok")

    def on_quit(self, line: str) -> None:
        self.reply("quit", "221 2.0.0 bye")
        raise HungUpError

    def reply(self, verb: str, *lines: str) -> bool:
        return self.act(self.server.action(verb), *lines)

    def act(self, action: str, *right: str, before: Callable[[], None] = lambda: None) -> bool:
        """Answers as the action says; True when the command was accepted, and `before` done before the answer."""
        if action == "drop":
            raise HungUpError
        if action == "silence":
            self.server.note("silent")
            self.wait_for_the_end()
        if action == "stall":
            self.server.stopping.wait()
            raise HungUpError
        refusal = self.refusal(action)
        if not refusal:
            before()
        self.send_reply(action, refusal or right)
        return not refusal

    def refusal(self, action: str) -> tuple[str, ...]:
        if action[:3].isdigit():
            return (action if len(action) > 3 else f"{action} {action[0]}.0.0 as you wished",)
        return {"garbage": ("what?",), "long": ("250 " + "x" * 40_000,)}.get(action, ())

    def send_reply(self, action: str, lines: tuple[str, ...]) -> None:
        if action == "multiline":
            lines = (f"{lines[-1][:3]}-one", f"{lines[-1][:3]}-two", lines[-1])
        if action == "surplus":
            lines = (*lines, "250 2.0.0 nobody asked")
        octets = "".join(f"{line}\r\n" for line in lines).encode()
        if action == "controls":
            octets = octets.replace(b"\r\n", b" \x00\x1b[2J\x7f\xff\r\n")
        if action == "flood":
            while not self.server.stopping.is_set():
                self.send(octets[:3] + b"-and on\r\n" + (octets[:3] + b"-and on\r\n") * 1_000)
        elif action == "slow":
            for octet in octets:
                self.send(bytes([octet]))
                self.server.stopping.wait(self.server.octet_seconds)
        else:
            self.send(octets)
        if lines[0].startswith("421"):
            raise HungUpError

    def say(self, *lines: str) -> None:
        self.send("".join(f"{line}\r\n" for line in lines).encode())

    def send(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def wait_for_the_end(self) -> None:
        while self.sock.recv(65536):
            pass
        raise HungUpError

    def handshake(self) -> None:
        try:
            self.sock = self.server.context().wrap_socket(self.sock, server_side=True)
        except OSError as error:
            # Where the other end has reset the connection by then, the library leaves the socket open that it has made.
            for frame, _ in traceback.walk_tb(error.__traceback__):
                if isinstance(made := frame.f_locals.get("self"), ssl.SSLSocket):
                    made.close()
            raise
        self.server.replace(self.number, self.sock)
        self.secure = True
        self.buffer.clear()

    def line(self) -> str:
        octets = self.until(b"\r\n")
        with self.server.waiters:
            self.server.lines.append(octets)
            self.server.waiters.notify_all()
        return octets.decode("utf-8", "surrogateescape")

    def some(self, count: int) -> None:
        """Has at least `count` octets in hand."""
        while len(self.buffer) < count:
            self.receive()

    def until(self, end: bytes) -> bytes:
        """All up to the end mark, which is taken, too."""
        seen = 0
        while (place := self.buffer.find(end, max(0, seen - len(end)))) < 0:
            seen = len(self.buffer)
            self.receive()
        found = bytes(self.buffer[:place])
        del self.buffer[: place + len(end)]
        return found

    def receive(self) -> None:
        octets = self.sock.recv(65536)
        if not octets:
            raise HungUpError
        if not self.secure:
            self.server.cleartext.extend(octets)
        self.buffer.extend(octets)


def unstuffed(wire: bytes) -> bytes:
    """The mail as it was before RFC 5321 §4.5.2; `wire` starts with the CRLF of the DATA line."""
    return (wire.replace(b"\r\n..", b"\r\n.") + b"\r\n")[2:]
