"""The demo's IMAP server: pymap in a thread, on loopback, in memory. It keeps nothing, and it is no server to rely on."""

import asyncio
import ssl
from argparse import Namespace
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from postroom import clock
from postroom.log import LOG

try:
    from proxyprotocol.sock import SocketInfo
    from pymap.backend.dict import Config, Identity, Login, Session
    from pymap.backend.dict.filter import FilterSet
    from pymap.backend.dict.mailbox import MailboxSet, Message
    from pymap.concurrent import Event, Subsystem
    from pymap.imap import IMAPServer
    from pymap.interfaces.login import IdentityInterface
    from pymap.parsing.message import AppendMessage
    from pymap.parsing.specials import FetchRequirement, SearchKey
    from pymap.selected import SelectedMailbox
    from pymap.user import UserMetadata
    from pysasl.hashing import Cleartext
except ImportError as missing:
    raise ImportError(f"the demo needs {missing.name}: in the clone, pip install '.[demo]'") from missing

HOST = "127.0.0.1"
PATIENCE_SECONDS = 10.0
SETTLE_SECONDS = 0.05
Result = TypeVar("Result")


class _Config(Config):
    """pymap's in-memory backend without demo data, TLS, environment, name look-ups or threads of its own."""

    def __init__(self) -> None:
        super().__init__(
            Namespace(proxy_protocol=None),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )

    @property
    def greeting(self) -> bytes:
        return b"postroom demo ready"


class _Session(Session):
    """What pymap leaves out: changes between two commands are seen by SEARCH, and told by IDLE (RFC 2177 §3)."""

    async def search_mailbox(
        self,
        selected: SelectedMailbox,
        keys: frozenset[SearchKey],
    ) -> tuple[Iterable[tuple[int, Message]], SelectedMailbox]:
        return await super().search_mailbox(await super().check_mailbox(selected), keys)

    async def check_mailbox(
        self,
        selected: SelectedMailbox,
        *,
        wait_on: Event | None = None,
        housekeeping: bool = False,
    ) -> SelectedMailbox:
        """In IDLE (`wait_on`) it waits for a change, unless there was one since the last look."""
        before = selected.mod_sequence
        checked = await super().check_mailbox(selected, housekeeping=housekeeping)
        if wait_on is None:
            return checked
        if checked.mod_sequence == before:
            checked = await super().check_mailbox(checked, wait_on=wait_on)
        # IMAPClient overlooks what comes in one segment with the "+" that begins IDLE.
        await asyncio.sleep(SETTLE_SECONDS)
        return await super().check_mailbox(checked)


class _Identity(Identity):
    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        mailboxes, filters = self.config.set_cache[self.name]
        yield _Session(self.name, self.config, mailboxes, filters)


class _Login(Login):
    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        allowed = await super().authorize(authenticated, authzid)
        return _Identity(allowed.name, self, None, allowed.roles)


class _WholeResponses:
    """A writer that sends each response at once: pymap writes word by word, and IMAPClient fails on half a line."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._pending = bytearray()
        self.close = writer.close

    def write(self, data: bytes) -> None:
        self._pending += data

    async def drain(self) -> None:
        data = bytes(self._pending)
        self._pending.clear()
        if not self._writer.is_closing():
            self._writer.write(data)
        await self._writer.drain()


class ImapServer:
    """A context manager: mailboxes for `users` (name to password) on 127.0.0.1 and a free `port`.

    Each has an empty INBOX; clients make the other folders. `append` and `mails` may be called from any thread.
    """

    host = HOST

    def __init__(self, users: Mapping[str, str]) -> None:
        self.port = 0  # known once it has been entered
        self._config = _Config()
        self._login = _Login(self._config)
        for name, password in users.items():
            self._login.users_dict[name] = UserMetadata(self._config, name, password=password)
            self._config.set_cache[name] = (MailboxSet(), FilterSet())
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready: Future[int] = Future()
        self._thread = Thread(target=self._run, name="demo-imap", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.port = self._ready.result(PATIENCE_SECONDS)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_SECONDS)

    def append(self, user: str, raw: bytes) -> None:
        """Delivers a mail into the INBOX of `user`; a client in IDLE hears of it. Raises KeyError for a stranger."""
        mailboxes, _ = self._config.set_cache[user]
        self._call(_append(mailboxes, raw))

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder, oldest first; none for a folder that nobody has made. KeyError for a stranger."""
        mailboxes, _ = self._config.set_cache[user]
        return self._call(_mails(mailboxes, folder))

    def _call(self, what: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE_SECONDS)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        except OSError as error:
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        """Until it is told to stop. The runner then cancels what is left of the connections, and awaits them."""
        self._loop.set_exception_handler(_hush)
        server = await asyncio.start_server(self._connected, HOST, 0)
        self._ready.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole = cast("asyncio.StreamWriter", _WholeResponses(writer))
        await IMAPServer(self._login, self._config)(reader, whole, SocketInfo.get(writer, None))


async def _append(mailboxes: MailboxSet, raw: bytes) -> None:
    inbox = await mailboxes.get_mailbox("INBOX")
    await inbox.append(AppendMessage(raw, clock.now(), frozenset()), recent=True)


async def _mails(mailboxes: MailboxSet, folder: str) -> list[bytes]:
    try:
        mailbox = await mailboxes.get_mailbox(folder)
    except KeyError:
        return []
    contents = [await message.load_content(FetchRequirement.CONTENT) async for message in mailbox.messages()]
    return [bytes(content) for content in contents]


def _hush(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """A client that hangs up in mid-command is no news on a screen that shows a demo."""
    LOG.debug("demo_imap %s", context.get("message"))
