"""Rules for other machines: what answers (acknowledgements, challenges) and what tells (notifications).

Words count up to the first that a person says: whoever pastes a machine's mail says so before or beside it. A ticket
system's mail that a person's words came with, and no header of a machine, stays a person's.
"""

import re
from collections.abc import Iterator

from classifier.clues import Clues
from classifier.making import desk, drawn, made_for_one, program, signed
from classifier.phrases import Hit, Said, fold, matcher
from classifier.rules.absence import acknowledges
from classifier.senders import is_nobody, is_unread, may_be_somebody

_TRACKERS = (
    "x-jira",
    "x-github",
    "x-gitlab",
    "x-cron",
    "x-bugzilla",
    "x-redmine",
    "x-phabricator",
    "x-gerrit",
    "x-jenkins",
)
_TITLES = frozenset({"ticket", "automatic reply"})
_REPLIES = (
    "auto-replied",
    "autorepl",
    "auto-repl",
    "auto_repl",
    "autorespon",
    "auto.reply",
)  # in a header or its value
_PERSONS = frozenset({"request", "self"})
_MACHINES = frozenset({"acknowledged", "received", "automatic", "alert", "detail"})
_NUMBER = re.compile(r"\d{3,}")
_MARKED = re.compile(r"(?<![#№(\[])[#№(\[]*(\d{3,})[)\]]*")
_SENTENCE = re.compile(r"[.!?,;。！？、，\n]+")
_BEGINS = 80  # characters of a sentence's beginning
_MARKS = " -–—*_#~=>※【[(（"
_UNSPACED = frozenset({"ja", "zh", "ko"})
_QUOTES = frozenset('"“„«»‘「『')
_FIRST = 60  # characters before which nothing but a greeting stands
_TOP = 250  # characters of a text in which a machine says what it is
_MANY = 4  # of what people name, too
_ASKS = 8  # words of a mail that asks more than for a rating
_BESIDE = 60  # characters before a machine's words in which a quotation mark makes them somebody else's


def marked_answer(clues: Clues) -> str:
    """A header says that a machine wrote it, and it answers: a thread, a subject or the words say so."""
    if not clues.machine:
        return ""
    title = clues.titled.first("automatic reply", "ticket")
    text = clues.body.first("received", "acknowledged", "challenge")
    words = f'subject "{title}"' if title else f'text "{text}"' if text else ""
    # A tracker's or a list's mail stands in a thread, too, and answers nobody.
    threaded = clues.answers and "auto-submitted" in clues.machine.lower() and not clues.mass and not _watches(clues)
    tells = clues.machine.lower().startswith(_TRACKERS)
    replies = any(word in clues.machine[:40].lower() for word in _REPLIES)
    if not tells and (replies or words or threaded):
        threads = clues.message.in_reply_to or clues.message.references
        answers = f"In-Reply-To: {threads[0]}" if threads else 'subject "re:"' if clues.reply else ""
        return "; ".join(filter(None, (clues.machine, words or answers)))
    return ""


def acknowledgement(clues: Clues) -> str:
    """No header says so, but the words do, twice: in subject and text, or in two sentences of which one is a ticket system's."""
    if clues.forward or clues.mailer or not (clues.titled.kinds & _TITLES or clues.body.kinds & _MACHINES):
        return ""
    body = _unnumbered(clues)
    said = list(_machines(clues, body, "acknowledged", "received", "automatic"))
    received = next((hit.phrase.text for hit in said if hit.phrase.says != "automatic"), "")
    if not received:
        return _called_automatic(clues)
    # Re: in front: somebody answers an acknowledgement.
    title = "" if clues.reply else clues.titled.first("ticket", "automatic reply")
    strong = any(hit.phrase.says == "acknowledged" for hit in said)
    automatic = next((hit.phrase.text for hit in said if hit.phrase.says == "automatic"), "")
    others = [f'text "{text}"' for text in _texts(said) if text != received] if strong or automatic else []
    # What stands below a text of somebody's own is a notice of their mail system, or pasted.
    if not (title or clues.robot_path or _numbered(clues)) and said[0].at > _TOP:
        return ""
    seconds = [f'subject "{title}"'] if title else []
    seconds += others + [sign for sign in (clues.robot_path, _numbered(clues) if strong else "") if sign]
    whole = body is clues.body or received in fold(clues.new)
    words = f'text "{received}"' if whole else f'text {received} around "{_number(clues)}"'
    return f"{words}; {seconds[0]}" if len(seconds) >= _wanted(clues, bool(strong), bool(automatic)) else ""


def hasty(clues: Clues) -> str:
    """It came faster than anybody types, and says what robots say."""
    haste = "" if clues.forward else clues.haste
    words = clues.body.first("acknowledged", "received", "automatic", "challenge", "retired") if haste else ""
    return f'{haste}; text "{words}"' if words and clues.body.kinds.isdisjoint(_PERSONS) else ""


def _called_automatic(clues: Clues) -> str:
    """The subject of an acknowledgement, or a number that subject and text name, and a sentence by which a machine calls itself one."""
    person = clues.reply or clues.quoted or signed(clues) or desk(clues) or clues.asks
    if person or "automatic" not in clues.body or not clues.body.kinds.isdisjoint(_PERSONS) or _told(clues):
        return ""
    title = clues.titled.first("ticket")
    sign = f'subject "{title}"' if title else _numbered(clues)
    automatic = next((hit.phrase.text for hit in _sentences(clues)), "") if sign else ""
    return f'{sign}; text "{automatic}"' if automatic else ""


def _numbered(clues: Clues) -> str:
    """A number that subject and text both name, as ticket systems number what they receive."""
    number = _number(clues)
    return f'subject "{number}"' if number else ""


def _number(clues: Clues) -> str:
    return next((match[0] for match in _NUMBER.finditer(clues.subject) if match[0] in clues.new), "")


def _wanted(clues: Clues, strong: bool, automatic: bool) -> int:
    """How many signs must stand beside the first words: more where something shows a person."""
    person = bool(clues.quoted or clues.reply) + bool(signed(clues) or desk(clues)) + clues.asks
    if clues.null_path:
        return 1
    if strong and automatic:
        return 1 + (person > 1)
    return 1 + person if strong or automatic else (1 if not person else 99)


def _unnumbered(clues: Clues) -> Said:
    """What the text says without its ticket's number, which stands amid sentences: "your ticket 4711 was created"."""
    number = _number(clues)
    if not number or "acknowledged" in clues.body:
        return clues.body
    return matcher().said(fold(_MARKED.sub(lambda found: " " if found[1] == number else found[0], clues.new)))


def _machines(clues: Clues, body: Said, *says: str) -> Iterator[Hit]:
    """The phrases of machines in a text, first things first, up to where a person speaks; none where they stand in quotation marks."""
    if body.kinds.isdisjoint(says):
        return
    hits = [hit for hit in body.hits if hit.phrase.says in says]
    end = min((hit.at for hit in _spoken(body)), default=1 << 30)
    if not _QUOTES.isdisjoint(fold(clues.new)[max(0, hits[0].at - _BESIDE) : hits[0].at]):
        return
    yield from (hit for hit in hits if hit.at < end)


def _spoken(body: Said) -> Iterator[Hit]:
    """A person's phrases; none of a machine's own: "we would like" is no wish in "we would like to acknowledge"."""
    if body.kinds.isdisjoint(_PERSONS):
        return
    spans = [(hit.at, hit.at + len(hit.phrase.text)) for hit in body.hits if hit.phrase.says in _MACHINES]
    for hit in body.hits:
        end = hit.at + len(hit.phrase.text)
        if hit.phrase.says in _PERSONS and not any(start <= hit.at and end <= stop for start, stop in spans):
            yield hit


def _texts(said: list[Hit]) -> list[str]:
    """Their different words; of two that lie one in the other, the first alone."""
    texts: list[str] = []
    end = -1
    for hit in said:
        if hit.at >= end and hit.phrase.text not in texts:
            texts.append(hit.phrase.text)
            end = hit.at + len(hit.phrase.text)
    return texts


def subject_only(clues: Clues) -> str:
    """A mailer's own subject prefix with a robot's precedence or the null sender: an answer in words that we do not know."""
    title = clues.titled.first("automatic reply")
    sign = clues.robot_path
    return f'subject "{title}"; {sign}' if title and sign and not clues.reply and not clues.forward else ""


def retired(clues: Clues) -> str:
    """An address that nobody uses any more: it says so, and nothing besides but where to write."""
    words = clues.body.first("retired")
    if not words or clues.forward or clues.mailer or clues.quoted or clues.asks or signed(clues) or desk(clues):
        return ""
    if not clues.body.kinds.isdisjoint(_PERSONS) or fold(clues.new).find(words) > _TOP or len(clues.new) > 3 * _TOP:
        return ""
    title = clues.titled.first("retired")
    sign = clues.robot_path or ('subject "re:"' if clues.reply else "") or (f'subject "{title}"' if title else "")
    sign = sign or next((f"In-Reply-To: {id_}" for id_ in clues.message.in_reply_to), "")
    return f'text "{words}"; {sign}' if sign else ""


def challenge(clues: Clues) -> str:
    """A filter that answers, and wants the sender to prove something behind a link."""
    words = clues.body.first("challenge")
    twice = len(_texts([hit for hit in clues.body.hits if hit.phrase.says == "challenge"])) > 1
    answers = clues.answers or clues.null_path or twice
    # "Messages only from senders I have approved": a filter speaks in its owner's name.
    asks = answers and clues.plain and (twice or ("http" in clues.new and "self" not in clues.body))
    return f'text "{words}"' if words and asks and not desk(clues) else ""


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
    speaks = clues.reply or not clues.body.kinds.isdisjoint(_PERSONS)
    person = sender.key.startswith("postmaster@") or (may_be_somebody(sender) and _by_hand(clues))
    return "" if (person and speaks) or (is_unread(sender) and _lives_there(clues)) else f"From: {sender.addr}"


def _lives_there(clues: Clues) -> bool:
    """A person with such an address all the same: the text says I, or asks with no link to follow, and nothing shows a program."""
    asks = clues.asks and "://" not in clues.new and len(clues.new.split()) >= _ASKS and not drawn(clues)
    return ("self" in clues.body or asks) and _by_hand(clues)


def _by_hand(clues: Clues) -> bool:
    """No program, list or robot's path shows, and no machine's words."""
    sent = clues.mass or clues.robot_path or program(clues) or made_for_one(clues)
    return not sent and clues.body.kinds.isdisjoint({"acknowledged", "automatic", "alert", "footer", "bulk"})


def worded(clues: Clues) -> str:
    """The text says that a machine wrote it, or what is told is a watching, selling or building machine's, by two signs."""
    if clues.reply or clues.forward or clues.quoted or clues.mailer:
        return ""
    told = _told(clues)
    if not told and "automatic" not in clues.body:
        return ""
    made = _made(clues)
    wanted = 4 if desk(clues) else 2  # a rule of Exchange passes alerts on as the person whose rule it is
    if told and len(told) + len(made) >= wanted and not _persons(clues, len(told), len(made)):
        return f'text "{told[0]}"; ' + (f'text "{told[1]}"' if len(told) > 1 else made[0])
    if "automatic" not in clues.body or _persons(clues, 1, 0) or desk(clues) or acknowledges(clues):
        return ""
    # Notices of people's mail systems say so, too, below what people wrote.
    below = not (made or told or "ticket" in clues.titled or "received" in clues.body)
    return next((f'text "{hit.phrase.text}"' for hit in _sentences(clues) if not below or hit.at <= _FIRST), "")


def _sentences(clues: Clues) -> Iterator[Hit]:
    """The phrases by which a machine calls itself one, where a sentence or a line begins so: amid one, somebody speaks of a machine."""
    begins = [fold(part)[:_BEGINS].lstrip(_MARKS) for part in _SENTENCE.split(clues.new)]
    for hit in _machines(clues, clues.body, "automatic"):
        first = " ".join(hit.phrase.text.split()[:2])
        if hit.phrase.language in _UNSPACED or any(begin.startswith(first) for begin in begins):
            yield hit


def _made(clues: Clues) -> list[str]:
    """What shows that a program sent it."""
    author = clues.message.author
    nobody = f"From: {author.addr}" if author and is_nobody(author) else ""
    return [sign for sign in (program(clues), made_for_one(clues), nobody) if sign]


def _persons(clues: Clues, told: int, made: int) -> bool:
    """Whether a person shows: a name below, an I, or a question that so few signs of a program do not outweigh."""
    spoken = {hit.phrase.says for hit in _spoken(clues.body)}
    asks = ("request" in spoken or clues.asks) and not (made and told + made >= 3)
    return "self" in spoken or asks or bool(signed(clues))


def _told(clues: Clues) -> list[str]:
    """What machines tell, each once. Orders, fields and programs are what people name, too: they count beside something else.

    A subject alone says nothing above a text: people copy it from the mail that they ask about.
    """
    hits = list(_machines(clues, clues.body, "alert", "detail"))
    title = sorted((hit for hit in clues.titled.hits if hit.phrase.says in {"alert", "detail"}), key=lambda hit: hit.at)
    told = list(dict.fromkeys([*_texts(title), *_texts(hits)]))
    if hits and not title and hits[0].at > _TOP:
        return []
    if not hits and clues.new.strip():
        return told[:1]
    sure = any(hit.phrase.says == "alert" for hit in (*title, *hits))
    return told if sure or len(told) >= _MANY else []


def _watches(clues: Clues) -> bool:
    # Who pastes an alert adds a word of their own.
    return len(_told(clues)) >= 2 and not (clues.wants or "self" in clues.body)
