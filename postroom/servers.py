"""The servers of the configuration, as the rooms that talk to them want them."""

import socket
from collections.abc import Callable

from inbound.server import NoPassword
from inbound.server import Server as ImapServer
from inbound.server import Tls as ImapTls
from outbound.server import Server as SmtpServer
from outbound.server import Tls as SmtpTls
from postroom.clock import now
from postroom.config import Config, ConfigError, MailboxConfig
from postroom.oauth.access import Access
from postroom.password import Later
from postroom.secret import Secret, SecretError


def imap_server(box: MailboxConfig, config: Config) -> ImapServer:
    """Raises BadArgument: its values cannot be sent to a server."""
    imap = box.settings.imap
    access = Access(config.oauth[imap.oauth], now) if imap.oauth else None
    return ImapServer(
        host=imap.host,
        port=box.port,
        tls=ImapTls(imap.tls),
        user=imap.user,
        password=written(box.password),
        ca_file=str(config.folder / imap.ca_file) if imap.ca_file else None,
        token=access,
        ask=asking(box.password),
    )


def smtp_server(config: Config) -> SmtpServer:
    """Raises ConfigError for what must not be sent to a server."""
    try:
        return _smtp_server(config)
    except ValueError as error:
        raise ConfigError(f"{config.source}: {error}") from None


def _smtp_server(config: Config) -> SmtpServer:
    smtp = config.settings.smtp
    return SmtpServer(
        host=smtp.host,
        port=config.smtp_port,
        tls=SmtpTls(smtp.tls),
        user=smtp.user,
        password=written(config.smtp_password),
        ca_file=str(config.folder / smtp.ca_file) if smtp.ca_file else "",
        helo=helo(),
        token=Access(config.oauth[smtp.oauth], now) if smtp.oauth else None,
        ask=asking(config.smtp_password),
    )


def written(password: Secret | None) -> str:
    """Nothing where there is none, and where somebody has to be asked: a password manager that is away stops one server, and no start."""
    return "" if password is None or isinstance(password, Later) else password.reveal()


def asking(password: Secret | None) -> Callable[[], str] | None:
    """Says the password when it is needed; raises NoPassword."""
    if not isinstance(password, Later):
        return None

    def ask() -> str:
        try:
            return password.reveal()
        except SecretError as error:
            raise NoPassword(f"{password.key}: {error}") from None

    return ask


def helo() -> str:
    """The name of this machine for EHLO, RFC 5321 §4.1.1.1."""
    name = socket.gethostname()
    return name if name.isascii() and name.replace("-", "").replace(".", "").isalnum() else "localhost"
