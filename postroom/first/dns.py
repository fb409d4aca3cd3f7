"""Asks the DNS where a domain's mail servers are, and has an answer within seconds, whatever the network does."""

from collections.abc import Callable, Iterator
from typing import Any

import dns.exception
import dns.resolver

from postroom.clock import monotonic
from postroom.first.candidates import IMAP, SMTP, Answers, Srv, usual_hosts

ALL_SECONDS = 8.0
ONE_SECONDS = 3.0
SILENT = (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration, OSError)


def look_up(domain: str) -> Answers:
    """All that is asked of a domain. It never raises: `trouble` says why there is no answer, or not every one."""
    try:
        return _Questions(dns.resolver.Resolver()).ask(domain)
    except SILENT as error:
        return Answers(trouble=_words(error))


class _Questions:
    """One resolver, and one deadline for all that it is asked."""

    def __init__(self, resolver: dns.resolver.Resolver, clock: Callable[[], float] = monotonic) -> None:
        self._resolver, self._clock = resolver, clock
        self._until = clock() + ALL_SECONDS

    def ask(self, domain: str) -> Answers:
        mx: tuple[str, ...] = ()
        srv: dict[str, tuple[Srv, ...]] = {}
        hosts: set[str] = set()
        trouble = ""
        try:
            mx = tuple(
                _host(one.exchange) for one in sorted(self._records(domain, "MX"), key=lambda one: one.preference)
            )
            for service, _ in (*IMAP.services, *SMTP.services):
                srv[service] = tuple(map(_srv, self._records(f"{service}.{domain}", "SRV")))
            hosts = {host for host in usual_hosts(domain) if self._exists(host)}
        except SILENT as error:  # who is silent once would be so again: what is known by now has to do
            trouble = _words(error)
        return Answers(srv, tuple(filter(None, mx)), frozenset(hosts), trouble)

    def _records(self, name: str, kind: str) -> Iterator[Any]:
        try:
            yield from self._resolver.resolve(f"{name}.", kind, raise_on_no_answer=False, lifetime=self._left())
        except SILENT:
            raise
        except dns.exception.DNSException:  # no such name, or no name at all
            return

    def _exists(self, host: str) -> bool:
        return any(True for kind in ("A", "AAAA") for _ in self._records(host, kind))

    def _left(self) -> float:
        return max(0.1, min(ONE_SECONDS, self._until - self._clock()))


def _srv(record: Any) -> Srv:
    return Srv(_host(record.target), record.port, record.priority, record.weight)


def _host(name: Any) -> str:
    """A name as the rest of the program writes it; "" for the root."""
    return str(name).rstrip(".").lower()


def _words(error: Exception) -> str:
    match error:
        case dns.resolver.NoResolverConfiguration():
            return "this machine names no DNS server (/etc/resolv.conf)"
        case dns.resolver.LifetimeTimeout():
            return "no DNS server answered in time"
        case _:
            return f"no DNS server answered: {' '.join(str(error).split())[:200]}"
