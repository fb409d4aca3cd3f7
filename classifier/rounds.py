"""Rounds: whether a mail goes round between machines, so that it is set aside for staff. Pure; it never says what a mail is."""

from classifier.verdict import PERSON, Evidence, Kind

MOST_HOPS = 50  # Received headers; mail servers themselves give up at 50 to 100 (RFC 5321 §6.3)


def goes_round(evidence: Evidence, kind: Kind) -> str:
    """Why that is so; "" if it is not. A machine's mail that has our mark, such as a bounce, is answered by nothing anyway."""
    marked = evidence.own_loop and kind in PERSON
    return many_hops(evidence) or ("it carries our own loop mark, signed by us" if marked else "")


def many_hops(evidence: Evidence) -> str:
    hops = len(evidence.message.values("received"))
    return f"it has gone through {hops} servers: more than {MOST_HOPS} Received headers" if hops > MOST_HOPS else ""
