"""Which servers an address may have, the likeliest first (RFC 6186, RFC 8314). Pure; it asks no DNS and connects to nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from postroom.first.houses import House, below

MOST = 8  # servers that are tried: somebody else's DNS says how many there are, and each may take seconds


@dataclass(frozen=True, slots=True)
class Srv:
    """One SRV record (RFC 2782). Host "" (a target of ".") says that the service is not offered."""

    host: str
    port: int
    priority: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """What DNS says of a domain. `hosts` are those of the usual names that exist."""

    srv: Mapping[str, tuple[Srv, ...]] = field(default_factory=dict)  # by service: "_imaps._tcp"
    mx: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    trouble: str = ""  # why it says nothing, or not all


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server to try. No password goes to a `foreign` one before a person has said yes: only unsigned DNS names it."""

    host: str
    port: int
    tls: str  # "implicit", "starttls" or "none", as in the configuration
    why: str
    foreign: bool = False

    def __str__(self) -> str:
        words = {"implicit": "TLS", "starttls": "STARTTLS", "none": "no TLS"}
        return f"{self.host}:{self.port} ({words[self.tls]})"


@dataclass(frozen=True, slots=True)
class Protocol:
    """How servers of one kind are found. `services` and `ports` are (name or number, tls), the safer first."""

    name: str
    services: tuple[tuple[str, str], ...]
    ports: tuple[tuple[int, str], ...]
    plain_port: int  # without TLS, on this machine alone
    prefixes: tuple[str, ...]


IMAP = Protocol(
    "IMAP",
    (("_imaps._tcp", "implicit"), ("_imap._tcp", "starttls")),
    ((993, "implicit"), (143, "starttls")),
    143,
    ("imap", "mail"),
)
SMTP = Protocol(
    "SMTP",
    (("_submissions._tcp", "implicit"), ("_submission._tcp", "starttls")),
    ((465, "implicit"), (587, "starttls")),
    25,
    ("smtp", "mail"),
)


def candidates(protocol: Protocol, domain: str, answers: Answers, house: House | None = None) -> list[Candidate]:
    """The servers of a domain to be tried in this order: SRV records, those of the house that takes its mail, the usual names."""
    found = [*_announced(protocol, domain, answers), *_provided(protocol, domain, house)]
    found += _usual(protocol, domain, answers)
    seen: dict[tuple[str, int], Candidate] = {}
    for one in found:
        seen.setdefault((one.host, one.port), one)
    return list(seen.values())[:MOST]


def usual_hosts(domain: str) -> tuple[str, ...]:
    """The names that are worth a look: RFC 6186 leaves them to habit."""
    return tuple(dict.fromkeys(f"{prefix}.{domain}" for one in (IMAP, SMTP) for prefix in one.prefixes))


def _announced(protocol: Protocol, domain: str, answers: Answers) -> list[Candidate]:
    """RFC 6186 §3.4: the priorities of both services are compared; RFC 8314 §3: of equals, the one with TLS at once."""
    rows = [
        (srv.priority, place, -srv.weight, srv, tls, service)
        for place, (service, tls) in enumerate(protocol.services)
        for srv in answers.srv.get(service, ())
        if srv.host
    ]
    return [
        Candidate(srv.host, srv.port, tls, f"SRV record {service}.{domain}", not below(srv.host, domain))
        for _, _, _, srv, tls, service in sorted(rows, key=lambda row: row[:3])
    ]


def _provided(protocol: Protocol, domain: str, house: House | None) -> Iterator[Candidate]:
    if house:
        host, port, tls = house.servers[protocol.name]
        yield Candidate(host, port, tls, f"MX record of {domain}: {house.name}", not below(host, domain))


def _usual(protocol: Protocol, domain: str, answers: Answers) -> Iterator[Candidate]:
    refused = {tls for service, tls in protocol.services if any(not srv.host for srv in answers.srv.get(service, ()))}
    own = [mx for mx in answers.mx if below(mx, domain)]
    hosts = [host for prefix in protocol.prefixes if (host := f"{prefix}.{domain}") in answers.hosts]
    for host in (*hosts, *own):
        why = f"MX record of {domain}" if host in own else "usual name"
        yield from (Candidate(host, port, tls, why) for port, tls in protocol.ports if tls not in refused)
