"""`postroom demo send`: one mail into the demo that runs in another terminal."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from postroom import config
from postroom.cli import Refused
from postroom.clock import now
from postroom.config import ConfigError
from postroom.demo.place import place


def send(text: str, sender: str, recipient: str, subject: str) -> str:
    """What was sent, in one line. Raises Refused where no demo runs."""
    try:
        smtp = config.read(place() / "postroom.toml", {}).smtp_port
    except ConfigError:
        raise Refused("no demo runs here: start one with postroom demo") from None
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, recipient, subject
    mail["Date"], mail["Message-ID"] = format_datetime(now()), make_msgid(domain="client.example")
    mail.set_content(text)
    try:
        with smtplib.SMTP("127.0.0.1", smtp, timeout=10) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(f"the demo's SMTP server on port {smtp} did not take it: {error}") from None
    return f"sent to {recipient}: the demo shows what becomes of it"
