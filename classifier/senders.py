"""Senders: addresses that machines write from and no person reads. Compares addresses; it decides nothing."""

import re
from functools import lru_cache

from classifier.phrases import words
from inbound.message import Address

_LONGEST = 64  # characters before the @ (RFC 5321 §4.5.3.1)
# "Do not answer", as senders' addresses say it.
_NOBODY = re.compile(
    r"(?:^|[._+-])(?:(?:no|not|non?e?|keine?|nicht|na[ao]|n[ao]o|nie|ne|nu|ej|ei|inte|ikke|ingen|niet|geen)[._-]?(?:"
    r"reply|replies|answer|response|repondre|reponse|antwort(?:en)?|respond[ae]r?|responde?r?|contestar?|rispondere|"
    r"risposta|beantwoorden|antwoord(?:en)?|odpowiada[cj]|odpovida[tj]te?|odpovedat|raspunde|svara?|besvar|vastaa|vastausta)"
    r"|do[._-]?not[._-]?(?:reply|respond)|ne[._-]?pas[._-]?repondre|alavastaa|ala[._-]?vastaa|yanitlamayin|cevaplamayin"
    r"|ne[._-]?otvecha[jyt]+)",
)
_MACHINES = words(
    "root cron daemon nobody nagios zabbix icinga monit monitoring logwatch www-data apache "
    "notifications notification notify notifier alerts alert mailer automailer auto-mailer automail autoresponder "
    "auto-confirm autoreply auto-reply drive-shares-noreply calendar-notification jira jenkins gitlab github bitbucket "
    "bugzilla backup backups voicemail scanner copier ebill e-bill einvoice e-invoice order-update orderconfirmation "
    "order-confirmation shipment-tracking ship-confirm tracking-updates account-update account-security-noreply "
    "password-reset system-notification notificaciones notificacoes notificações notifiche benachrichtigung "
    "benachrichtigungen powiadomienia uvedomleniya",
)
_LOCALS = words(
    "mailer-daemon maildaemon mail-daemon mailerdaemon mdaemon postmaster mailsystem mail-system post_master",
)
_NAMES = (
    "mail delivery",
    "mailer-daemon",
    "mailer daemon",
    "system administrator",
    "mail administrator",
    "internet mail delivery",
    "postmaster",
    "mail router",
    "microsoft outlook",
    "delivery subsystem",
)


def is_nobody(address: Address) -> bool:
    """Whether no person reads or writes at this address: noreply, a daemon, cron."""
    return _no_person(address.key.partition("@")[0][:_LONGEST]) or address.name.casefold().endswith("(jira)")


def is_unread(address: Address) -> bool:
    """Whether the address says no more than that nobody reads what is sent to it; a daemon's and a program's say who writes."""
    return bool(_NOBODY.search(address.key.partition("@")[0][:_LONGEST]))


def may_be_somebody(address: Address) -> bool:
    """Whether such an address may still be a person's: no.reply.band@, or that of somebody called Karl Mailer."""
    local = address.key.partition("@")[0][:_LONGEST]
    nobody = _NOBODY.search(local)
    if nobody:
        return any(map(str.isalpha, local[nobody.end() :].partition("+")[0]))
    first, *last = address.name.casefold().split() or [""]
    return local in _MACHINES and [local] == last and first.isalpha()


@lru_cache(maxsize=4096)
def _no_person(local: str) -> bool:
    daemon = local in _LOCALS or local.startswith("microsoftexchange")  # a "System Administrator" may be a person
    return daemon or local in _MACHINES or bool(_NOBODY.search(local))


def is_daemon(address: Address) -> bool:
    """Whether a mail system's own address wrote it."""
    local = address.key.partition("@")[0]
    name = address.name.casefold()
    return local in _LOCALS or local.startswith("microsoftexchange") or name.startswith(_NAMES)
