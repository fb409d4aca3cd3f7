"""Rules for bulk: newsletters, campaigns, and lists that do not write to us. A person's post that addresses us is a person's."""

from classifier.clues import Clues
from classifier.headers import campaign_header
from classifier.phrases import words
from classifier.recipients import named_in
from inbound.message import Message

_FORWARDED = ("srs0", "srs1", "prvs=", "btv1")  # envelope senders of forwarded and of signed mail, people's
_SENDERS = words("newsletter newsletters news mailing marketing promo promotions offers deals emailing announce")


def newsletter(clues: Clues) -> str:
    """A header of campaigns, or List-Unsubscribe without a list that people can post to."""
    message = clues.message
    campaign = campaign_header(message)
    leave = message.value("list-unsubscribe")
    if clues.reply or (campaign and not leave and clues.mailer):
        return ""
    if campaign and (leave or "bulk" in clues.body or "precedence: bulk" in clues.mass.lower()):
        return campaign
    one_way = leave and not (message.value("list-post") or message.value("x-beenthere") or _group(message))
    return f"List-Unsubscribe: {leave}" if one_way and not clues.answers and not clues.mailer else ""


def worded(clues: Clues) -> str:
    """Two phrases of newsletters, from an address of newsletters or with an envelope sender made for one mailing.

    The words alone make nothing bulk: people paste newsletters into their mail, and ask to be taken off them.
    """
    if clues.answers or clues.forward or clues.quoted or clues.mailer or clues.body.count("bulk") < 2:
        return ""
    path = _mailing(clues)
    return f'text "{clues.body.first("bulk")}" and another; {path}' if path else ""


def _mailing(clues: Clues) -> str:
    if (clues.message.return_path or "").lower().startswith(_FORWARDED):
        return ""
    author, path = clues.message.author, clues.message.return_path or ""
    local, _, domain = author.key.partition("@") if author else ("", "", "")
    if local in _SENDERS or domain.startswith(("newsletter.", "news.", "mailing.")):
        return f"From: {local}@{domain}"
    # VERP: one envelope sender a recipient, so that bounces can be told apart.
    made = (
        "=" in path or path.lower().startswith(("bounce", "b-", "return-")) or sum(char.isdigit() for char in path) >= 6
    )
    # Web forms are sent through the same relays, with a person's words.
    return f"Return-Path: {path}" if made and "self" not in clues.body and path.lower() != f"{local}@{domain}" else ""


def unaddressed_list(clues: Clues) -> str:
    """A list's mail that names none of our mailboxes: we only read it. Known only where our addresses are."""
    ours = clues.evidence.ours.mailboxes
    if not ours or not clues.mass or clues.evidence.link or named_in(ours, clues.message, "to", "cc", "resent"):
        return ""
    return clues.mass if clues.header("list-id") or clues.header("mailing-list") else ""


def _group(message: Message) -> bool:
    """Google Groups and the discussion lists that give no List-Post."""
    return bool(
        message.value("x-google-group-id") or message.value("mailing-list") or message.value("x-mailman-version")
    )
