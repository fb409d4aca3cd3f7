"""What the tests of this room share: a server, a certificate, and a mail's way through both. It tests nothing itself."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import certificate as certificates
from tests.servers.smtp_script import SmtpServer


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key, in one PEM file; it is its own CA."""
    return make_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture(scope="session")
def foreign_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for another host."""
    return make_certificate(tmp_path_factory.mktemp("tls"), "DNS:mx.example.com")


@pytest.fixture(scope="session")
def expired_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for 127.0.0.1 whose time is over, with its key and its CA."""
    made = certificates.make_certificate(tmp_path_factory.mktemp("tls"), days=0)
    pem = made.chain.with_name("all.pem")
    pem.write_bytes(made.chain.read_bytes() + made.key.read_bytes() + made.authority.read_bytes())
    return pem


def make_certificate(folder: Path, name: str) -> Path:
    key, pem = folder / "key.pem", folder / "both.pem"
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test -addext subjectAltName={name} -keyout {key} -out {pem}"
    subprocess.run(command.split(), check=True, capture_output=True)
    pem.write_bytes(pem.read_bytes() + key.read_bytes())
    return pem
