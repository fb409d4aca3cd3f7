"""Address: one client's, as a person writes it on the command line. It asks no server."""

from inbound import addresses
from inbound.message import Address
from postroom.cli import Refused
from postroom.line import one_line


def one_address(text: str, what: str) -> Address:
    """One address, with or without a name before it. `what`: the option or argument. Raises Refused."""
    found, defects = addresses.parse([text], 2)
    # What is mended in a mail is doubted here: before a colon, a header's reader drops what stands there.
    if len(found) != 1 or defects or ":" in text or not text.isprintable():
        shown = one_line(text)[:80]
        raise Refused(
            f'{what} is "{shown}": write one address, such as ada@client.example or "Ada <ada@client.example>"'
        )
    return found[0]
