"""Rules for receipts: that a mail was read (RFC 8098) or delivered (RFC 3464). A receipt says nothing of what a person thinks."""

from classifier.clues import Clues

_LONG = 1500  # characters; a receipt repeats the head of the mail, and that is all


def disposition(clues: Clues) -> str:
    """A multipart/report of type disposition-notification, with what became of the mail: displayed, deleted, denied."""
    report = clues.message.report
    if report is None or report.report_type != "disposition-notification":
        return ""
    return f"Content-Type: multipart/report; disposition-notification {' '.join(report.actions[:1])}".rstrip()


def delivered(clues: Clues) -> str:
    """A delivery report that only tells of success."""
    report = clues.message.report
    if not report or report.report_type != "delivery-status" or not report.actions:
        return ""
    return (
        f"delivery report: {report.actions[0]}" if set(report.actions) <= {"delivered", "relayed", "expanded"} else ""
    )


def read_note(clues: Clues) -> str:
    """Outlook's and Notes' own form: `Read: …` in front of the subject, and the words in the text, and nothing else."""
    title, body = clues.titled.first("opened"), clues.body.first("read")
    person = clues.wants or clues.quoted or clues.forward or clues.mailer
    return f'subject "{title}", text "{body}"' if title and body and not person and len(clues.new) <= _LONG else ""
