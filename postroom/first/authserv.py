"""Which server's Authentication-Results a mailbox's mails carry on top. Pure; it proposes, a person decides."""

from collections import Counter
from collections.abc import Iterator, Sequence

from classifier.authentication import parse_results, trusted
from inbound.message import Message

FEWEST = 3  # mails: fewer prove no habit
MOST_HOPS = 3  # Received headers of the own house that may stand above


def proposed(messages: Sequence[Message]) -> tuple[str, int]:
    """The authserv-id that stands on top of most mails and would be believed there, and of how many; "" for none.

    What the server itself puts there stands on nearly all of them; what a sender forged, on a few (RFC 8601 §5).
    """
    counted = Counter(name for message in messages for name in _on_top(message))
    name, number = max(counted.items(), key=lambda item: item[1], default=("", 0))
    return (name, number) if number >= FEWEST and number * 2 > len(messages) else ("", 0)


def _on_top(message: Message) -> Iterator[str]:
    hops = 0
    for name, value in message.headers:
        hops += name == "received"
        if hops > MOST_HOPS:
            return
        if name == "authentication-results":
            server = parse_results(value).authserv
            if server and any(trusted(message, frozenset({server}))):
                yield server
            return
