"""Certificate: an authority and a server certificate for loopback, made with openssl. For tests only."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

HOSTS = "DNS:localhost,IP:127.0.0.1"


@dataclass(frozen=True, slots=True)
class Certificate:
    authority: Path  # PEM; what a client trusts
    chain: Path  # PEM; what the server shows
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key)
        return context


def missing() -> str:
    """Why none can be made here; "" when one can."""
    return "" if shutil.which("openssl") else "openssl is not installed (Debian: openssl)"


def make_certificate(folder: Path, names: str = HOSTS, *, days: int = 2) -> Certificate:
    """An authority of its own, and a certificate by it for `names` (subjectAltName of openssl); 0 days: it has expired."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    authority_key, request, extensions = folder / "authority.key", folder / "server.csr", folder / "extensions"
    extensions.write_text(
        f"subjectAltName={names}\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl(*new, "-x509", "-days", "2", "-subj", "/CN=test authority", "-addext", "keyUsage=critical,keyCertSign",
             "-keyout", authority_key, "-out", made.authority)  # fmt: skip
    _openssl(*new, "-subj", "/CN=localhost", "-keyout", made.key, "-out", request)
    _openssl("x509", "-req", "-days", str(days), "-in", request, "-CA", made.authority, "-CAkey", authority_key,
             "-CAcreateserial", "-extfile", extensions, "-out", made.chain)  # fmt: skip
    return made


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
