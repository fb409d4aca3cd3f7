"""Announcing: other programs are told what has become of tickets, each by a thread of its own: a slow one holds up nobody else, and no mail."""

from collections.abc import Callable

from outbound.announcement import body, headers, name, next_try
from postroom.app import App
from postroom.clock import jitter
from postroom.log import event, trouble
from postroom.outside import WebhookConfig
from postroom.posting import post
from store import events, tickets
from store.events import Event
from store.failpoint import failpoint
from store.leases import Lease

BATCH = 20
GONE = 410  # Standard Webhooks: whoever answers so wants no more of it


class Announcer:
    """For one program."""

    def __init__(self, app: App, hook: WebhookConfig, lease: Lease, beat: Callable[[], object] = lambda: None) -> None:
        """`beat` is called before each try: a slow program is no verb that hangs."""
        self._app = app
        self._beat = beat
        self._hook = hook
        self._lease = lease
        self._said = ""  # the failure that was told last
        self.heard = True  # whether the other side has taken what it was told last

    def announce(self) -> int:
        """Tells what is due; how many events that were. Raises DatabaseDown, LeaseLost."""
        with self._app.database.read() as tx:
            self._lease.check(tx)
            due = events.due(tx, self._hook.name, self._app.now(), BATCH)
        for one in due:
            self._beat()
            self._tell(one)
        return len(due)

    def _tell(self, one: Event) -> None:
        content = self._body(one)
        sent = post(self._hook.url, content, headers(self._hook.key, name(one.id, one.at), content, self._app.now()))
        failpoint("webhook.told")
        now = self._app.now()
        with self._app.database.write() as tx:
            self._lease.hold(tx)
            if sent.good:
                events.told(tx, one)
            else:
                later = None if sent.status == GONE else next_try(one.attempts + 1, one.at, now, jitter(), sent.wish)
                events.failed(tx, one, sent.reason, later)
        if sent.good:
            event("webhook.told", webhook=self._hook.name, id=f"e{one.id}", attempt=one.attempts + 1)
        elif later is None:
            trouble("webhook.given_up", webhook=self._hook.name, id=f"e{one.id}", reason=sent.reason)
        elif sent.reason != self._said:
            trouble("webhook.retry", webhook=self._hook.name, id=f"e{one.id}", reason=sent.reason)
        self._said, self.heard = sent.reason, sent.good

    def _body(self, one: Event) -> bytes:
        with self._app.database.read() as tx:
            ticket = tickets.ticket(tx, one.ticket)
        statuses = self._app.workflow(ticket.workflow).statuses if ticket else {}
        name = statuses[one.status].name if one.status in statuses else one.status
        return body(one.type, one.at, one.ticket, name, one.by, is_open=one.open)
