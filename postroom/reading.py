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
    echo: str  # what it said, as a hash: the same is not answered twice in a day


def read(raw: bytes | Excerpt) -> Parsed:
    """Total: any bytes give a Message, and any Message gives a Reading."""
    message = parse(raw)
    said = f"{message.subject.casefold()}\n{message.text.strip().casefold()}"
    return Parsed(message, reading.read(message), sha256(said.encode("utf-8", "surrogatepass")).hexdigest())
