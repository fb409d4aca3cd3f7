"""Senders: addresses that machines write from and no person reads. Compares addresses; it decides nothing."""

import re

from classifier.phrases import words
from inbound.message import Address

_NOBODY = re.compile(
    r"(?:^|[._+-])(?:no[._-]?reply|do[._-]?not[._-]?reply|noreply|donotreply|no[._-]?response|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten)",
)
_MACHINES = words(
    "root cron daemon nobody nagios zabbix icinga monit monitoring logwatch www-data apache "
    "notifications notification notify alerts alert mailer automailer autoresponder drive-shares-noreply "
    "calendar-notification jira",
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
    local = address.key.partition("@")[0]
    tracker = address.name.casefold().endswith("(jira)")
    daemon = local in _LOCALS or local.startswith("microsoftexchange")  # a "System Administrator" may be a person
    return daemon or tracker or local in _MACHINES or bool(_NOBODY.search(local))


def is_daemon(address: Address) -> bool:
    """Whether a mail system's own address wrote it."""
    local = address.key.partition("@")[0]
    name = address.name.casefold()
    return local in _LOCALS or local.startswith("microsoftexchange") or name.startswith(_NAMES)
