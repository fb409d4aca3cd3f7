"""Asking the DNS: a real resolver against a DNS server of our own on loopback, which answers, refuses, or says nothing."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from postroom.first.candidates import Answers, Srv
from postroom.first.dns import ALL_SECONDS, _Questions

ZONE = {
    ("example.test.", "MX"): ["20 mx2.example.test.", "10 mx1.example.test."],
    ("_imaps._tcp.example.test.", "SRV"): ["0 1 993 IMAP.example.test.", "10 0 1993 other.example.net."],
    ("_imap._tcp.example.test.", "SRV"): ["0 0 0 ."],
    ("mail.example.test.", "AAAA"): ["::1"],
    ("imap.example.test.", "A"): ["127.0.0.1"],
}


@contextmanager
def server(answering: str) -> Iterator[dns.resolver.Resolver]:
    """Answering is one of: zone, silence, refused."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    raw, whom = sock.recvfrom(4096)
                except OSError:
                    return
                if not raw:
                    return
                if answering != "silence":
                    sock.sendto(answer(dns.message.from_wire(raw), answering).to_wire(), whom)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = sock.getsockname()[1]
        yield resolver
        sock.sendto(b"", sock.getsockname())
        thread.join(5)


def answer(query: dns.message.Message, answering: str) -> dns.message.Message:
    made = dns.message.make_response(query)
    asked = query.question[0]
    kind = dns.rdatatype.to_text(asked.rdtype)
    if answering == "refused":
        made.set_rcode(dns.rcode.REFUSED)
    elif found := ZONE.get((asked.name.to_text().lower(), kind)):
        made.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
    elif not any(asked.name.to_text().lower() == name for name, _ in ZONE):
        made.set_rcode(dns.rcode.NXDOMAIN)
    return made


def test_all_that_a_domain_says_is_read() -> None:
    with server("zone") as resolver:
        found = _Questions(resolver).ask("example.test")
    assert {service: set(records) for service, records in found.srv.items()} == {
        "_imaps._tcp": {Srv("imap.example.test", 993, 0, 1), Srv("other.example.net", 1993, 10, 0)},
        "_imap._tcp": {Srv("", 0, 0, 0)},
        "_submissions._tcp": set(),
        "_submission._tcp": set(),
    }
    assert found.mx == ("mx1.example.test", "mx2.example.test")
    assert found.hosts == {"imap.example.test", "mail.example.test"}
    assert not found.trouble


@pytest.mark.parametrize("answering", ["silence", "refused"])
def test_a_dns_that_gives_no_answer_costs_seconds_and_is_named(answering: str) -> None:
    with server(answering) as resolver:
        begun = time.monotonic()
        found = _Questions(resolver).ask("example.test")
        assert time.monotonic() - begun < ALL_SECONDS
    assert "no DNS server answered" in found.trouble
    assert (found.mx, found.hosts) == ((), frozenset())


def test_a_name_that_cannot_be_one_is_no_trouble() -> None:
    with server("zone") as resolver:
        assert _Questions(resolver).ask(f"{'x' * 70}.test") == Answers(
            srv=dict.fromkeys(("_imaps._tcp", "_imap._tcp", "_submissions._tcp", "_submission._tcp"), ())
        )
