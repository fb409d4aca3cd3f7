"""How long a client waits: from a mail's delivery into the mailbox until the SMTP server has accepted the answer."""

import time
from collections.abc import Sequence
from statistics import median, quantiles

from tests.bench.mails import mails
from tests.servers.smtp_script import SmtpServer
from tests.walk.lab import Lab
from tests.walk.service import Service

PATIENCE = 60.0


def latency(lab: Lab, smtp: SmtpServer, count: int, backlog: int) -> tuple[float, float, int]:
    """p50, p99 in seconds, of `count` mails one after the other; how many of the other mailbox's backlog were left then."""
    with Service(lab) as service:
        service.wait_for("started")
        waits = [_wait(lab, smtp, raw) for raw in mails(1, seed=99)]  # every connection is open
        for raw in mails(backlog, seed=5, to="escalate@example.test"):
            lab.deliver(raw, "escalate")
        waits = [_wait(lab, smtp, raw) for raw in mails(count, seed=11 + backlog)]
        left = lab.left("escalate")
    return median(waits), percentile(waits), left


def percentile(waits: Sequence[float]) -> float:
    """The 99th."""
    return quantiles(waits, n=100, method="inclusive")[98]


def _wait(lab: Lab, smtp: SmtpServer, raw: bytes) -> float:
    who = raw.partition(b">")[0].partition(b"<")[2].decode()
    start = time.perf_counter()
    lab.deliver(raw)
    seen = 0
    while time.perf_counter() - start < PATIENCE:
        accepted = smtp.accepted
        if any(mail.recipient == who for mail in accepted[seen:]):
            return time.perf_counter() - start
        seen = len(accepted)
        time.sleep(0.004)
    raise TimeoutError(f"no answer to {who} after {PATIENCE} s")
