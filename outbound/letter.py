"""Letter: a mail as it travels over SMTP. It changes line ends and dots, and nothing else."""

from dataclasses import dataclass

from aiosmtplib.protocol import normalize_message_line_endings

from outbound.dsn import Dsn


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way: envelope and the octets of DATA, without the final dot."""

    sender: str
    recipient: str
    wire: bytes
    size: int  # octets before dot-stuffing, as RFC 1870 counts them
    dsn: Dsn | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The extensions without which it must not be sent (RFC 6152, RFC 6531)."""
        heads = self.wire.partition(b"\r\n\r\n")[0]
        utf8 = not (self.sender + self.recipient).isascii() or not heads.isascii()
        return ("SMTPUTF8",) * utf8 + ("8BITMIME",) * (not self.wire.isascii())


def letter(sender: str, recipient: str, raw: bytes, dsn: Dsn | None = None) -> Letter:
    """A mail as it travels: CRLF line ends only, leading dots doubled (RFC 5321 §4.5.2).

    Normalised first and stuffed then, so that a bare LF.LF cannot end the mail (SMTP smuggling).
    """
    lines = normalize_message_line_endings(raw)
    stuffed = (b"\r\n" + lines).replace(b"\r\n.", b"\r\n..")[2:]
    return Letter(sender, recipient, stuffed, len(lines), dsn)
