"""Answer: whether an automatic answer may go to a mail (reliability.md S10 to S16). What the mail is, is another question.

The table is read from the top; the first reason that holds is the answer's "no".
"""

import re
from collections.abc import Callable

from classifier.clues import Clues
from classifier.joining import Joined
from classifier.making import desk, signed
from classifier.recipients import named_in, owns
from classifier.rounds import many_hops
from classifier.rules import absence, bulk
from classifier.rules.report import spam_mark
from classifier.senders import is_nobody
from classifier.verdict import PERSON, Kind, Passed

_LIST_SENDER = re.compile(r"^owner-|^bounces?(?:$|[+._=-])|-(?:request|owner|bounces?|admin|return)(?:$|[+._=-])")
_TAG = 24  # characters of a subject in which a gateway's tag stands
_LIST_PATH = re.compile(r"^owner-|-(?:request|owner|bounces?|return)(?:$|[+._=-])")
_SUPPRESS = frozenset({"all", "autoreply", "oof", "dr", "rn", "nrn", "ndr"})
_LISTED = frozenset({"bulk", "list", "junk", "auto_reply"})


def why_not(kind: Kind, clues: Clues, joined: Joined, authenticated: Passed, silent: str) -> str:
    """The reason why no automatic answer may go to it; "" if one may. `silent` is what `nobody_there` says of it."""
    if kind not in PERSON:
        return f"it is {kind}"
    if kind in (Kind.STAFF_COMMAND, Kind.STAFF_REPLY):
        return "staff wrote it"
    if kind is Kind.CC_ONLY:
        return "we are in Cc only"
    if joined.pending:
        return "its sender is new on the ticket"
    if authenticated is Passed.NO:
        return "its sender is not authentic"
    return silent or next((said for reason in REASONS if (said := reason(clues))), "")


def nobody_there(kind: Kind, clues: Clues) -> str:
    """Why nothing that goes out by itself may ever go to its sender; "" where a person reads it."""
    if kind not in PERSON:
        return f"it is {kind}"
    told = clues.evidence.said
    # A machine's sign is none where staff have looked at the mail and say that a person wrote it.
    reasons = _BUT_SIGNS if told is not None and told.person else NOBODY_THERE
    return next((said for reason in reasons if (said := reason(clues))), "")


def _no_sender(clues: Clues) -> str:
    return "" if clues.sender and "@" in clues.sender.addr else "it has no From"


def _two_senders(clues: Clues) -> str:
    message = clues.message
    return "it has more than one From" if len(message.values("from")) > 1 or len(message.from_) > 1 else ""


def _null_path(clues: Clues) -> str:
    return "Return-Path: <>" if clues.null_path else ""


def _submitted(clues: Clues) -> str:
    value = clues.header("auto-submitted")
    return (
        f"Auto-Submitted: {value}"
        if value and not clues.form and value.partition(";")[0].strip().lower() != "no"
        else ""
    )


def _machine(clues: Clues) -> str:
    return clues.machine


def _mass(clues: Clues) -> str:
    listed = next((one for one in clues.message.values("precedence") if one.strip().lower() in _LISTED), "")
    name = "" if clues.mass else next((name for name in clues.headers if name.startswith("list-")), "")
    header = clues.mass or (f"{name.title()}: {clues.header(name)}" if name else listed and f"Precedence: {listed}")
    return f"it came through a list: {header}" if header else ""


def _answers_go_to_a_list(clues: Clues) -> str:
    """A list that adds no header of its own sets Reply-To to the address that the mail was written to."""
    if not clues.message.reply_to:
        return ""
    ours = clues.evidence.ours.mailboxes
    to = {address.key for address in clues.message.to if not owns(ours, address.addr)}
    named = next((address.addr for address in clues.message.reply_to if address.key in to), "")
    author = clues.message.author
    return f"Reply-To: {named}, as To" if named and author and author.addr != named else ""


def _suppressed(clues: Clues) -> str:
    value = clues.header("x-auto-response-suppress")
    wishes = re.split(r"[,;\s]+", value[:200].lower()) if value else ()
    return "" if _SUPPRESS.isdisjoint(wishes) else f"X-Auto-Response-Suppress: {value}"


def _loop(clues: Clues) -> str:
    headers = ("x-loop", "x-rt-loop-prevention", "x-failed-recipients", "feedback-id")
    return next((f"{name.title()}: {value}" for name in headers if (value := clues.header(name))), "")


def _own_loop(clues: Clues) -> str:
    """The mark that every mail of ours carries: whatever its value, some machine sends us back what we wrote."""
    found = clues.headers.get("x-postroom-loop")
    return "" if found is None else f"X-Postroom-Loop: {found}"


def _many_hops(clues: Clues) -> str:
    return many_hops(clues.evidence)


def _flood(clues: Clues) -> str:
    """A person does not write that often, or needs no answer to each (reliability.md E)."""
    flood = clues.evidence.flood
    return f"its sender has opened {flood} tickets within an hour" if flood else ""


def _robot_sender(clues: Clues) -> str:
    author = None if clues.form else clues.message.author
    for address in (clues.sender, author if author is not clues.sender else None, clues.message.sender):
        if address and (is_nobody(address) or _LIST_SENDER.search(address.key.partition("@")[0])):
            return f"nobody reads {address.addr}"
    return ""


def _list_path(clues: Clues) -> str:
    path = clues.message.return_path or ""
    return f"Return-Path: {path}" if _LIST_PATH.search(path.lower().rpartition("@")[0]) else ""


def _replies_to_nobody(clues: Clues) -> str:
    return next((f"Reply-To: {address.addr}" for address in clues.message.reply_to if is_nobody(address)), "")


def _our_own(clues: Clues) -> str:
    ours = clues.evidence.ours
    return (
        f"{clues.sender.addr} is ours" if clues.sender and owns(ours.mailboxes | ours.forms, clues.sender.addr) else ""
    )


def _staff(clues: Clues) -> str:
    return f"{clues.sender.addr} is staff" if clues.sender and clues.sender.key in clues.evidence.ours.staff else ""


def _not_to_us(clues: Clues) -> str:
    ours = clues.evidence.ours.mailboxes
    return (
        "none of our addresses is in To or Cc"
        if ours and not named_in(ours, clues.message, "to", "cc", "resent")
        else ""
    )


def _old(clues: Clues) -> str:
    return "it is older than 48 hours" if clues.evidence.stale else ""


def _spam(clues: Clues) -> str:
    # Gateways put their doubt in front of the subject: [SPAM], *** PROBABLY SPAM ***, {Spam?}.
    tagged = clues.subject[:1] in {"[", "*", "{"} and "spam" in clues.subject[:_TAG]
    return spam_mark(clues) or (f"its subject is tagged: {clues.subject[:_TAG]}" if tagged else "")


def _doubtful(clues: Clues) -> str:
    """A machine's subject on what we take for a person's mail: silence costs little, an answer to a robot much."""
    if clues.reply or clues.forward or clues.titled.kinds.isdisjoint({"automatic reply", "failure", "delay"}):
        return ""
    title = "" if _asks_about(clues) else clues.titled.first("automatic reply")
    title = title or ("" if clues.wants else clues.titled.first("failure", "delay"))
    return f'its subject says "{title}"' if title else ""


def _asks_about(clues: Clues) -> bool:
    """A question, above the text that is asked about ("Automatic reply: wrong text"), or under a subject without a mailer's colon."""
    asks = bool(clues.wants) and not clues.answers and (clues.quoted or ":" not in clues.subject)
    return asks and clues.body.kinds.isdisjoint({"received", "acknowledged", "automatic"})


def _acknowledges(clues: Clues) -> str:
    """Two things that robots say on receipt, and no word of a person's own: such a mail may be either's."""
    said = _phrases(clues, "received", "acknowledged", "automatic")
    enough = len(said) >= 2 or (said and "automatic" in clues.body)
    return f'it reads like a robot\'s answer: "{min(said)}"' if enough and _impersonal(clues) else ""


def _retired(clues: Clues) -> str:
    words = clues.body.first("retired")
    return f'its text says "{words}"' if words and _impersonal(clues) else ""


def _tells(clues: Clues) -> str:
    """A machine's news, and no word of a person's own."""
    said = _phrases(clues, "alert", "detail") if "alert" in clues.body else set()
    enough = len(said) >= 2 and not clues.asks and not clues.quoted
    return f'it reads like a machine\'s news: "{min(said)}"' if enough and _impersonal(clues) else ""


def _phrases(clues: Clues, *says: str) -> set[str]:
    if clues.body.kinds.isdisjoint(says):
        return set()
    return {hit.phrase.text for hit in clues.body.hits if hit.phrase.says in says}


def _impersonal(clues: Clues) -> bool:
    """Whether nobody asks for something, says I, forwards, signs, or wrote it in a program of people's."""
    alone = clues.body.kinds.isdisjoint({"request", "self"}) and not clues.forward
    return alone and not desk(clues) and not signed(clues)


def _advertises(clues: Clues) -> str:
    words = bulk.advertises(clues)
    return f"it reads like bulk: {words}" if words else ""


def _away(clues: Clues) -> str:
    words = absence.doubtful(clues)
    return f'it may be an out-of-office note: "{words}"' if words else ""


_SIGNS = frozenset({_null_path, _submitted, _machine})

# No person reads what is sent there: neither an answer now nor word of a change later.
NOBODY_THERE: tuple[Callable[[Clues], str], ...] = (
    _no_sender,
    _null_path,
    _submitted,
    _machine,
    _mass,
    _answers_go_to_a_list,
    _loop,
    _own_loop,
    _robot_sender,
    _list_path,
    _replies_to_nobody,
    _our_own,
    _flood,
)
_BUT_SIGNS = tuple(reason for reason in NOBODY_THERE if reason not in _SIGNS)
# These say nothing of the next mail of its sender.
REASONS: tuple[Callable[[Clues], str], ...] = (
    _two_senders,
    _suppressed,
    _many_hops,
    _staff,
    _not_to_us,
    _old,
    _spam,
    _doubtful,
    _acknowledges,
    _retired,
    _tells,
    _advertises,
    _away,
)
