"""Limits: how much of one mail may be read. Holds numbers only; it never decides what happens beyond them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one mail. Beyond a cap the mail is kept, and a defect that starts with the cap's name says so."""

    size: int = 25 * 2**20  # octets; of a longer mail only the excerpt is read
    lines: int = 500_000  # likewise: the standard library's parser works by lines
    excerpt: int = 2**20  # octets
    parts: int = 1_000  # beyond these three the headers alone are read
    depth: int = 50
    multiparts: int = 100
    visits: int = 5_000_000  # lines times open multiparts: what the standard library's parser costs
    headers: int = 500  # of the mail itself; beyond these three only the headers that matter are kept
    header: int = 64 * 1024  # octets of one
    head: int = 128 * 1024  # octets of all
    parameters: int = 4 * 1024  # octets of a Content-Type or Content-Disposition
    addresses: int = 500  # a header
    text: int = 256 * 1024  # characters kept for judging
    html: int = 2**20  # characters
    identifier: int = 998  # octets of a Message-ID: one line (RFC 5322 §2.1.1)
    defects: int = 100
