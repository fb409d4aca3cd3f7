"""Making: what shows how a mail was made: at a person's desk, or by a program that sends to many. Each finding is a hint, never proof.

What a person's own program writes outweighs words; what a sending program writes only adds to them, for web forms that people
fill in and agents' answers go out the same way.
"""

import re

from classifier.clues import Clues
from classifier.phrases import fold, words
from classifier.programs import LEAVE, PROGRAMS, SENDERS, SENT_BY, SENT_FROM

_FORWARDED = (
    "srs0",
    "srs1",
    "prvs=",
    "btv1",
    "bounce-id=",
)  # envelope senders of forwarded and of signed mail, people's
_CAMPAIGNS = words(
    "newsletter newsletters news mailing marketing promo promotions offers deals emailing announce nieuwsbrief nyhetsbrev "
    "nyhedsbrev uutiskirje infolettre boletin rassylka hirlevel newsy mailings digest campaign ads offerte ofertas angebote",
)
_HTML = 32 * 1024  # characters of HTML that are looked at, at each end
_PIXEL = re.compile(r"""(?:width|height)\s*[=:]\s*["']?[01](?:px)?["';\s>]""", re.IGNORECASE)
_DESKS = (
    ".prod.outlook.com>",
    ".android.com>",
    "@mail.yahoo.com>",
    "@protonmail.com>",
    "@pm.me>",
    "@me.com>",
    "@icloud.com>",
)
_NAME = re.compile(r"[^\W\d_]{2,}")
_ROLES = words(
    "team support service services help desk helpdesk info office sales customer care billing orders shop store news newsletter "
    "admin system alert alerts notifications kontakt kundenservice soporte suporte assistenza pomoc podpora"
)
_UNSPACED = 5  # characters of a name in a script without spaces
_NAMES = 3  # words of a line that is nothing but a name
_LINE = 60  # characters of it


def desk(clues: Clues) -> str:
    """What only the programs that people write with put into a mail, as `Name: value`; "" where nothing does."""
    if clues.mailer:
        return clues.mailer
    program = clues.header("x-mailer")
    if program[:40].casefold().startswith(PROGRAMS):
        return f"X-Mailer: {program}"
    id_, version = clues.message.message_id, clues.header("mime-version")
    if (id_.startswith("<CA") and id_.endswith("@mail.gmail.com>")) or id_.endswith(_DESKS) or "@3c-app-" in id_:
        return f"Message-Id: {id_}"
    if "Mac OS X" in version or "Apple" in version:
        return f"Mime-Version: {version}"
    # Exchange writes both where a mail was made in a mailbox of its own, and neither where it only carries it on.
    topic = clues.header("thread-topic")
    return f"Thread-Topic: {topic}" if topic and "x-ms-has-attach" in clues.headers else ""


def signed(clues: Clues) -> str:
    """The writer's own name as it stands below a person's mail. The name of a company, as in its domain, is none."""
    if not clues.sender:
        return ""
    local, _, domain = clues.sender.key.partition("@")
    low = clues.new.casefold()
    named = _NAME.findall(fold(f"{clues.sender.name} {local}"))
    names = {name for name in named if name in low and _is_name(name, domain)}
    for line in clues.new.splitlines() if names else ():
        if len(line) <= _LINE and any(map(line.casefold().__contains__, names)):
            found = _NAME.findall(fold(line))
            if len(found) <= _NAMES and names.issuperset(found):
                return line.strip()
    return ""


def _is_name(word: str, domain: str) -> bool:
    """Whether a word may be somebody's name. Names are short in scripts without spaces, where a company's is one word, too."""
    return word not in domain and word not in _ROLES and (len(word) <= _UNSPACED or word < "\u3000")


def program(clues: Clues) -> str:
    """What a program that sends by itself, or a service that sends for many, put into a mail."""
    mailer = clues.header("x-mailer")
    if mailer[:60].casefold().startswith(SENDERS):
        return f"X-Mailer: {mailer}"
    id_ = clues.message.message_id
    folded = id_[-200:].lower()
    # Zimbra's people write through the same library.
    if ".javamail." in folded and "zimbra" not in folded:
        return f"Message-Id: {id_}"
    if any(domain in folded for domain in SENT_FROM):
        return f"Message-Id: {id_}"
    name = next((name for name in clues.headers if name in SENT_BY), "")
    return f"{name.title()}: {clues.header(name)}" if name else ""


def made_for_one(clues: Clues) -> str:
    """VERP: an envelope sender of its own for each recipient, so that bounces can be told apart."""
    path, author = clues.message.return_path or "", clues.message.author
    lower = path.lower()
    if lower.startswith(_FORWARDED) or (author and lower == author.key):
        return ""
    digits = sum(map(str.isdigit, path))
    made = "=" in path or digits >= 6 or lower.startswith(("bounce", "b-", "return-", "emailing", "mailing"))
    return f"Return-Path: {path}" if made else ""


def campaigner(clues: Clues) -> str:
    """An address that newsletters come from."""
    local, _, domain = clues.message.author.key.partition("@") if clues.message.author else ("", "", "")
    letters = local in _CAMPAIGNS or domain.startswith(
        ("newsletter.", "news.", "mailing.", "email.", "marketing.", "e.", "em.")
    )
    return f"From: {local}@{domain}" if letters else ""


def drawn(clues: Clues) -> str:
    """HTML that is laid out as no person does: with a counting pixel, or in many tables, pictures and links."""
    html = clues.message.html
    if not html:
        return ""
    if "<img" in html and _counted(html):
        return 'HTML "a pixel that counts"'
    many = html.count("<table", 0, 4 * _HTML) >= 6 and html.count("<a ", 0, 4 * _HTML) >= 8
    pictures = html.count("<img", 0, 4 * _HTML) >= 8 and html.count("<a ", 0, 4 * _HTML) >= 8
    return 'HTML "many tables, pictures and links"' if many or pictures else ""


def _counted(html: str) -> bool:
    ends = html if len(html) <= 2 * _HTML else f"{html[:_HTML]} {html[-_HTML:]}"
    return any(len(_PIXEL.findall(part.partition(">")[0][:2000] + ">")) >= 2 for part in ends.split("<img")[1:60])


def leave_link(clues: Clues) -> str:
    """A link by which one leaves a list, in any of the words that mailers use in addresses."""
    html = clues.message.html
    linked = html[-_HTML:].lower() if "href" in html else clues.new.lower() if "http" in clues.new else ""
    found = next((word for word in LEAVE if word in linked), "") if linked else ""
    return f'link "{found}"' if found else ""
