"""Metrics in the text format of Prometheus (version 0.0.4), and the table of all that there are. It asks nobody, and writes only what it is given."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from classifier.verdict import Kind
from dashboard.counts import Counted
from store.metering import Meter
from store.tables import REVISION
from workflow.machine import Ball

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OUTCOMES = ("sent", "retry", "held", "dead", "unknown")

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Metric:
    """One of them. `help` is a sentence."""

    name: str
    type: str  # gauge, or counter: of this process, from 0 when it begins
    help: str
    labels: str = ""


METRICS = (
    Metric("postroom_info", "gauge", "Always 1.", "schema"),
    Metric("postroom_runs", "gauge", "Processes of postroom run that are alive on this database."),
    Metric("postroom_mails_total", "counter", "Mails that this process has settled.", "kind"),
    Metric("postroom_mails_pending", "gauge", "Mails that are kept and not settled yet."),
    Metric("postroom_oldest_pending_mail_age_seconds", "gauge", "For how long the oldest of them has been kept, imported ones aside; 0 without any."),
    Metric("postroom_mails_quarantined", "gauge", "Mails that could not be read, and wait for a person."),
    Metric("postroom_sends_total", "counter", "Tries of this process to send a mail; retry: the server is asked again later.", "outcome"),
    Metric("postroom_outbox_mails", "gauge", "Outgoing mails that are not sent.", "state"),
    Metric("postroom_oldest_outgoing_mail_age_seconds", "gauge", "For how long the oldest has been queued that goes on by itself; 0 without any."),
    Metric("postroom_tickets_open", "gauge", "Open tickets, by whom they wait for.", "ball_with"),
    Metric("postroom_mailbox_up", "gauge", "1, or 0 for a mailbox that could not be read when that was last tried.", "mailbox"),
    Metric("postroom_mailbox_last_read_timestamp_seconds", "gauge", "When a mailbox was last read, to the minute; 0 for never.", "mailbox"),
    Metric("postroom_mailbox_idle", "gauge", "1 where the server tells of new mail at once (IDLE), 0 where it is asked; of those that this process reads.", "mailbox"),
    Metric("postroom_mailbox_reconciled_timestamp_seconds", "gauge", "When ledger and mailbox were last compared; 0 for never.", "mailbox"),
    Metric("postroom_mailbox_differences", "gauge", "In how many ways they differed then.", "mailbox"),
    Metric("postroom_mailbox_junk_mails", "gauge", "Mails that had come to its folder of junk in the day before.", "mailbox"),
    Metric("postroom_sign_in_timestamp_seconds", "gauge", "When a sign-in (OAuth) was last given by its provider; 0 for never.", "sign_in"),
    Metric("postroom_webhook_events_waiting", "gauge", "Events that a program is still to be told.", "webhook"),
    Metric("postroom_webhook_events_given_up", "gauge", "Events that it did not take in three days.", "webhook"),
)  # fmt: skip


def exposed(
    meter: Meter,
    tickets: Mapping[str, int],
    counted: Counted,
    mailboxes: Iterable[str],
    sign_ins: Mapping[str, datetime | None],
    now: datetime,
) -> str:
    """All of them; `tickets`: open ones, by whom they wait for. A label has a sample from the first day on, so that an alert has something to look at."""
    samples = _samples(meter, tickets, counted, tuple(mailboxes), now)
    given = {name: since.timestamp() if since else 0 for name, since in sign_ins.items()}
    samples["postroom_sign_in_timestamp_seconds"] = [({"sign_in": name}, at) for name, at in given.items()]
    return "".join(line + "\n" for metric in METRICS for line in _lines(metric, samples[metric.name]))


def _samples(
    meter: Meter, tickets: Mapping[str, int], counted: Counted, boxes: tuple[str, ...], now: datetime
) -> dict[str, list[Sample]]:
    def of_boxes(values: Mapping[str, float]) -> list[Sample]:
        return [({"mailbox": box}, values.get(box, 0)) for box in boxes]

    return {
        "postroom_info": [({"schema": REVISION}, 1)],
        "postroom_runs": [({}, meter.runs)],
        "postroom_mails_total": [({"kind": kind}, counted.mails.get(kind, 0)) for kind in Kind],
        "postroom_mails_pending": [({}, meter.pending)],
        "postroom_oldest_pending_mail_age_seconds": [({}, _age(meter.oldest_pending, now))],
        "postroom_mails_quarantined": [({}, meter.quarantined)],
        "postroom_sends_total": [({"outcome": one}, counted.sends.get(one, 0)) for one in OUTCOMES],
        "postroom_outbox_mails": [({"state": state}, number) for state, number in meter.outgoing.items()],
        "postroom_oldest_outgoing_mail_age_seconds": [({}, _age(meter.oldest_outgoing, now))],
        "postroom_tickets_open": [({"ball_with": ball}, tickets.get(ball, 0)) for ball in Ball],
        "postroom_mailbox_up": [({"mailbox": box}, box not in meter.outages) for box in boxes],
        "postroom_mailbox_last_read_timestamp_seconds": of_boxes(
            {box: at.timestamp() for box, at in meter.readings.items()}
        ),
        "postroom_mailbox_idle": [({"mailbox": box}, idle) for box, idle in sorted(counted.idle.items())],
        "postroom_mailbox_reconciled_timestamp_seconds": of_boxes(
            {box: one.at.timestamp() for box, one in meter.reconciled.items()}
        ),
        "postroom_mailbox_differences": of_boxes({box: len(one.wrong) for box, one in meter.reconciled.items()}),
        "postroom_mailbox_junk_mails": of_boxes({box: one.junk for box, one in meter.reconciled.items()}),
        "postroom_webhook_events_waiting": [({"webhook": name}, one.waiting) for name, one in meter.webhooks.items()],
        "postroom_webhook_events_given_up": [({"webhook": name}, one.given_up) for name, one in meter.webhooks.items()],
    }


def _age(since: datetime | None, now: datetime) -> float:
    """Never below 0: another machine's clock may be ahead."""
    return max((now - since).total_seconds(), 0) if since else 0


def _lines(metric: Metric, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.type}"
    for labels, value in samples:
        named = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
        yield f"{metric.name}{f'{{{named}}}' if named else ''} {float(value):.15g}"


def _escaped(text: str) -> str:
    """The names of mailboxes are the configuration's, and may hold anything."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
