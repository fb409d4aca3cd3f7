"""Rules for other machines: what answers (acknowledgements, challenges) and what tells (notifications).

A ticket system's mail that a person's words came with, and no header of a machine, stays a person's.
"""

from classifier.clues import Clues
from classifier.rules.absence import acknowledges
from classifier.senders import is_nobody

_TRACKERS = ("x-jira", "x-github", "x-gitlab", "x-cron")
_RELAYS = (
    "x-mandrill-user",
    "x-sg-eid",
    "x-mailgun-sid",
    "x-ses-outgoing",
    "x-pm-message-id",
)  # people's web forms use them, too


def marked_answer(clues: Clues) -> str:
    """A header says that a machine wrote it, and it answers: a thread, a subject or the words say so."""
    if not clues.machine:
        return ""
    title, text = clues.titled.first("automatic reply", "ticket"), clues.body.first("received", "challenge")
    words = f'subject "{title}"' if title else f'text "{text}"' if text else ""
    # A tracker's or a list's mail stands in a thread, too, and answers nobody.
    threaded = clues.answers and "auto-submitted" in clues.machine.lower() and not clues.mass and not _watches(clues)
    tells = clues.machine.lower().startswith(_TRACKERS)
    if not tells and ("auto-replied" in clues.machine or words or threaded):
        threads = clues.message.in_reply_to or clues.message.references
        answers = f"In-Reply-To: {threads[0]}" if threads else 'subject "re:"'
        return f"{clues.machine}; {words or answers}"
    return ""


def acknowledgement(clues: Clues) -> str:
    """No header says so, but the subject and the text do, or the text twice."""
    person = clues.wants or "self" in clues.body
    if (
        clues.forward
        or clues.quoted
        or clues.mailer
        or (person and "automatic" not in clues.body and not clues.null_path)
    ):
        return ""
    # Re: in front: somebody answers an acknowledgement.
    received = clues.body.first("received")
    title = "" if clues.reply else clues.titled.first("ticket", "automatic reply")
    text = clues.body.first("automatic")
    second = f'subject "{title}"' if title else f'text "{text}"' if text else clues.robot_path
    return f'text "{received}"; {second}' if received and second else ""


def subject_only(clues: Clues) -> str:
    """A mailer's own subject prefix with a robot's precedence or the null sender: an answer in words that we do not know."""
    title = clues.titled.first("automatic reply")
    sign = clues.robot_path
    return f'subject "{title}"; {sign}' if title and sign and not clues.reply and not clues.forward else ""


def challenge(clues: Clues) -> str:
    """A filter that answers, and wants the sender to prove something behind a link."""
    words = clues.body.first("challenge")
    asks = clues.answers and clues.plain and "http" in clues.new and "self" not in clues.body
    return f'text "{words}"' if words and asks else ""


def marked(clues: Clues) -> str:
    """A header says that a machine wrote it, and it answers nothing."""
    if clues.message.report and clues.message.report.report_type == "feedback-report":
        return "Content-Type: multipart/report; feedback-report"
    return clues.machine


def sent_by_nobody(clues: Clues) -> str:
    """The sender is an address that no person reads; but a postmaster may be one, where something shows it."""
    sender = clues.sender
    if not sender or not is_nobody(sender) or clues.mailer:
        return ""
    speaks = clues.reply or not clues.body.kinds.isdisjoint({"request", "self"})
    person = sender.key.startswith("postmaster@") and speaks
    return "" if person else f"From: {sender.addr}"


def worded(clues: Clues) -> str:
    """The text says that a machine wrote it, or two phrases are a watching machine's."""
    if clues.reply or clues.forward or clues.quoted or clues.mailer:
        return ""
    if _watches(clues):
        return f'text "{clues.titled.first("alert") or clues.body.first("alert")}" and another'
    relay = next((name for name in _RELAYS if clues.header(name)), "")
    told = clues.titled.first("alert") or clues.body.first("alert", "bulk")
    if relay and told and clues.body.kinds.isdisjoint({"request", "self"}):
        return f'{relay.title()}; text "{told}"'
    said = clues.body.first("automatic")
    return f'text "{said}"' if said and not (clues.wants or "self" in clues.body or acknowledges(clues)) else ""


def _watches(clues: Clues) -> bool:
    known = {hit.phrase.text for said in (clues.titled, clues.body) for hit in said.hits if hit.phrase.says == "alert"}
    # Who pastes an alert adds a word of their own.
    return len(known) >= 2 and not (clues.wants or "self" in clues.body)
