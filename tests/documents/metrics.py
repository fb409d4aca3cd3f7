"""docs/metrics.md: every metric, from the table that the program writes them by."""

from collections.abc import Iterator

from dashboard.exposition import METRICS
from tests.documents.commands import safe

HEAD = """\
# Metrics

Printed from the program by `./do docs`. `postroom run` gives them at `/metrics`, where it serves its [pages](configuration.md#web-pages), in the text format of Prometheus:
to whoever asks from the machine itself, as long as no `public_url` and no `trusted_proxies` say that a proxy does; or, with `metrics_token_file` in `[web]`, to whoever brings that token
(`authorization: credentials_file` in Prometheus). A counter is the process's own and begins at 0 with it: where several share a database, ask each. A gauge is the database's.
"""
TAIL = """\
Worth an alert: `postroom_mailbox_up == 0`, `time() - postroom_mailbox_last_read_timestamp_seconds > 900`, `postroom_oldest_pending_mail_age_seconds > 600`,
`postroom_oldest_outgoing_mail_age_seconds > 3600`, `postroom_mails_quarantined > 0`, `postroom_mailbox_differences > 0`.
"""


def text() -> str:
    return "\n".join(lines())


def lines() -> Iterator[str]:
    yield HEAD
    yield "| metric | labels | type | |\n|---|---|---|---|"
    for metric in METRICS:
        labels = f"`{metric.labels}`" if metric.labels else ""
        yield f"| `{metric.name}` | {labels} | {metric.type} | {safe(metric.help)} |"
    yield ""
    yield TAIL
