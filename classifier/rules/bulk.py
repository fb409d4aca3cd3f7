"""Rules for bulk: newsletters, campaigns, and lists that do not write to us. A person's post that addresses us is a person's."""

from classifier.clues import Clues
from classifier.headers import campaign_header
from classifier.making import campaigner, desk, drawn, leave_link, made_for_one, program, signed
from classifier.recipients import named_in
from classifier.senders import is_nobody

_RELAYED = (
    "Feedback-Id",
    "X-Report-Abuse",
    "X-Csa-Complaints",
    "X-Job",
    "X-Virtual-Mta",
)  # of relays, on all they carry
_LONG = 600  # characters; a shorter mail with these words is a person who wants to leave a list


def newsletter(clues: Clues) -> str:
    """A header of campaigns; or List-Unsubscribe without a list that people can post to, and one more sign of mass mail."""
    campaign = campaign_header(clues.message)
    leave = clues.header("list-unsubscribe")
    if not (campaign or leave) or clues.reply or (campaign and not leave and clues.mailer):
        return ""
    footed = "footer" in clues.body or clues.body.count("bulk") >= 2
    # Relays put both headers on people's mail, too: on what web forms send, and on agents' answers.
    personal = bool(desk(clues) or signed(clues)) or "self" in clues.body
    sold = leave and (footed or not personal or not campaign.startswith(_RELAYED))
    if campaign and (sold or (footed and not personal) or "precedence: bulk" in clues.mass.lower()):
        return campaign
    one_way = leave and not (clues.header("list-post") or clues.header("x-beenthere") or _group(clues))
    personal = personal or "request" in clues.body
    # Below a footer nobody speaks: who does writes about one.
    personal = personal and (not footed or _last(clues, "self", "request") > _last(clues, "footer"))
    if not one_way or clues.answers or clues.mailer or personal:
        return ""
    more = _words(clues) or _made(clues) or _announces(clues)
    return f"List-Unsubscribe: {leave}; {more[0]}" if more else ""


def _last(clues: Clues, *says: str) -> int:
    """Where the last phrase of these begins, or -1."""
    return max((hit.at for hit in clues.body.hits if hit.phrase.says in says), default=-1)


def _announces(clues: Clues) -> list[str]:
    """Nobody reads what is sent to its author; or the list itself writes: its id (RFC 2919 §2) lies in the domain of From."""
    author, list_id = clues.message.author, clues.header("list-id").rpartition("<")[2].rstrip("> ").lower()
    if author is None:
        return []
    if is_nobody(author):
        return [f"From: {author.addr}"]
    own = author.domain and list_id.endswith((f".{author.domain}", f"@{author.domain}"))
    return [f"List-Id: {list_id}"] if own else []


def worded(clues: Clues) -> str:
    """Words of newsletters, and what shows that a program sent it to many.

    The words alone make nothing bulk: people paste newsletters into their mail, and ask to be taken off them.
    """
    said = _words(clues)
    if not said or clues.answers or clues.reply or clues.forward or clues.quoted or desk(clues):
        return ""
    letters = campaigner(clues)
    if len(said) >= 2 and letters:
        return f"{said[0]}; {letters}"
    if not _leaves(clues) or "self" in clues.body or signed(clues):
        return ""
    made = _made(clues)
    wanted = 3 if "request" not in clues.body else 4
    titled = "bulk" in clues.titled
    return f"{said[0]}; {made[0]}" if made and len(said) + len(made) + titled >= wanted else ""


def advertises(clues: Clues) -> str:
    """What makes a mail read like bulk that may be a person's: too little to call it so, too much to answer it."""
    said = _words(clues)
    if not said and desk(clues):
        return ""
    made = _made(clues)
    leaves = _leaves(clues) if said or made else ""
    if not leaves:
        made = []
    if not said and not made:
        return ""
    person = desk(clues) or signed(clues) or "self" in clues.body
    if said and len(clues.new) > _LONG and len(said) >= (3 if person else 2):
        return said[0]
    if person and (desk(clues) or len(made) < 2):
        return ""
    if len(said) >= 3:
        return said[0]
    return f"{leaves}; {made[0]}" if made else ""


def _made(clues: Clues) -> list[str]:
    """What shows that a program sent it to many."""
    return [sign for sign in (made_for_one(clues), program(clues), drawn(clues), campaigner(clues)) if sign]


def _leaves(clues: Clues) -> str:
    footer = clues.body.first("footer")
    return f'text "{footer}"' if footer else leave_link(clues)


def _words(clues: Clues) -> list[str]:
    """The different words of newsletters in it, how to leave them first."""
    if clues.body.kinds.isdisjoint({"footer", "bulk"}):
        return []
    hits = sorted(
        (hit for hit in clues.body.hits if hit.phrase.says in {"footer", "bulk"}),
        key=lambda hit: (hit.phrase.says == "bulk", hit.at),
    )
    said: list[str] = []
    for hit in hits:
        if not any(hit.phrase.text in other for other in said):
            said.append(hit.phrase.text)
    return [f'text "{text}"' for text in said]


def unaddressed_list(clues: Clues) -> str:
    """A list's mail that names none of our mailboxes: we only read it. Known only where our addresses are."""
    ours = clues.evidence.ours.mailboxes
    if not ours or not clues.mass or clues.evidence.link or named_in(ours, clues.message, "to", "cc", "resent"):
        return ""
    return clues.mass if clues.header("list-id") or clues.header("mailing-list") else ""


def _group(clues: Clues) -> bool:
    """Google Groups and the discussion lists that give no List-Post."""
    return bool(clues.header("x-google-group-id") or clues.header("mailing-list") or clues.header("x-mailman-version"))
