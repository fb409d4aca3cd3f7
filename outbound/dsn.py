"""Dsn: which delivery reports we ask the server for (RFC 3461), where it offers them. It reads no report."""

from dataclasses import dataclass

from workflow.machine import Nature

# An acknowledgement that does not arrive is no news, and a report of it would only be more mail (S24).
NOTIFY = {
    Nature.ACKNOWLEDGEMENT: "NEVER",
    Nature.AUTOMATIC: "FAILURE,DELAY",
    Nature.PERSONAL: "FAILURE,DELAY",
    Nature.STAFF: "FAILURE,DELAY",
    Nature.DIGEST: "FAILURE",
}


@dataclass(frozen=True, slots=True)
class Dsn:
    """The parameters of MAIL and of RCPT. `envelope` is for people who read the server's log; no report is believed for it."""

    envelope: str  # as `postroom outbox` shows it, e.g. o17: letters and digits alone (RFC 3461 §4: xtext)
    notify: str


def asked(outgoing: int, nature: Nature) -> Dsn:
    """What is asked for an outgoing mail. Its headers come back with a report, and with them our signed Message-ID."""
    return Dsn(f"o{outgoing}", NOTIFY[nature])
