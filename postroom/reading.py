"""What the workers make of a mail: its Message, and what its words say. Pure; a room of its own has neither."""

from dataclasses import dataclass
from hashlib import sha256

from classifier import reading
from classifier.reading import Reading
from inbound.excerpt import Excerpt
from inbound.message import Message
from inbound.parse import parse


@dataclass(frozen=True, slots=True)
class Parsed:
    """One mail, read."""

    message: Message
    reading: Reading
    echo: str  # its words, as a hash: the same are not acknowledged twice in a day; "" where there are none


def read(raw: bytes | Excerpt) -> Parsed:
    """Total: any bytes give a Message, and any Message gives a Reading."""
    message = parse(raw)
    said = message.text.strip().casefold()
    echo = sha256(said.encode("utf-8", "surrogatepass")).hexdigest() if said else ""
    return Parsed(message, reading.read(message), echo)
