"""Rules for bounces: delivery reports (RFC 3464) and the plain ones of qmail, Exim, Exchange, Gmail, Postfix, Domino.

Words alone make no bounce: people quote bounces and ask about them. A daemon or the null sender must have sent it.
"""

from classifier.clues import Clues
from classifier.senders import is_daemon

_NOTED = frozenset({"delivered", "relayed", "expanded"})


def delivery_report(clues: Clues) -> str:
    """A multipart/report of type delivery-status that says more than "delivered" (RFC 3464 §2.3.3)."""
    report = clues.message.report
    if not report or report.report_type != "delivery-status" or clues.message.content_type != "multipart/report":
        return ""
    actions = set(report.actions)
    if actions and actions <= _NOTED:
        return ""
    late = bool(actions) and actions <= {"delayed"} | _NOTED
    said = " ".join((*report.actions[:1], *report.statuses[:1], *report.recipients[:1]))
    return (
        "delayed, not failed: " if late else ""
    ) + f"Content-Type: multipart/report; delivery-status {said}".rstrip()


def plain_bounce(clues: Clues) -> str:
    """A daemon or the null sender, and the words of a bounce."""
    words = bounce_words(clues)
    # A vacation note goes out with the null sender, too (RFC 3834 §3.3), and says "automatic reply" before anything else.
    absent = "automatic reply" in clues.titled or ("away" in clues.body and "failed" not in clues.body)
    if not words or absent or clues.reply or clues.forward:
        return ""
    failed = clues.header("x-failed-recipients")
    if failed:
        return f"X-Failed-Recipients: {failed}; {words}"
    daemon = clues.sender is not None and is_daemon(clues.sender)
    if clues.null_path or (daemon and clues.sender and clues.sender.key.startswith(("mailer", "mail"))):
        return f"{sent_by(clues)}; {words}"
    # A postmaster, a "System Administrator" and a mail without From may be people: then it must be said twice.
    if (daemon or clues.sender is None) and (clues.titled.first("failure", "delay") or _said_twice(clues)):
        return f"{sent_by(clues)}; {words}"
    return f"{clues.machine}; {words}" if clues.machine and "failure" in clues.titled and "failed" in clues.body else ""


def _said_twice(clues: Clues) -> bool:
    return clues.body.count("failed") + clues.body.count("delayed") >= 2 and not clues.wants


def bounce_words(clues: Clues) -> str:
    """The words that say what could not be delivered, with "delayed" in front where it is only late."""
    late = clues.titled.first("delay") or clues.body.first("delayed")
    if late and "failed" not in clues.body:
        return f'delayed, not failed: "{late}"'
    title, body = clues.titled.first("failure"), clues.body.first("failed")
    if title:
        return f'subject "{title}"'
    return f'text "{body}"' if body else (f'delayed: "{late}"' if late else "")


def sent_by(clues: Clues) -> str:
    """The evidence that a mail system sent it."""
    if clues.null_path:
        return "Return-Path: <>"
    return f"From: {clues.sender.name} <{clues.sender.addr}>" if clues.sender else "no From"
