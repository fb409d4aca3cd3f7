"""What a service account says of itself: OpenSSL finds its signature good, and a file that is no key is told without a word of it."""

import json
import subprocess
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.oauth.assertion import Account, account, assertion, signature
from tests.servers.authority import ROBOT, key_file, private_key

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def pem() -> str:
    return private_key()


@pytest.fixture(scope="module")
def robot(pem: str) -> Account:
    return account(key_file(pem), "support@example.com")


def test_openssl_signs_the_same_and_the_claims_are_those_of_the_standard(
    pem: str, robot: Account, tmp_path: Path
) -> None:
    made = assertion(robot, "mail", "https://login.example/token", NOW)
    head, claims, signed = (urlsafe_b64decode(part + "==") for part in made.split("."))
    assert json.loads(head) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    assert json.loads(claims) == {
        "iss": ROBOT, "sub": "support@example.com", "scope": "mail", "aud": "https://login.example/token",
        "iat": 1795770000, "exp": 1795771800,
    }  # fmt: skip
    key = tmp_path / "key.pem"
    key.write_text(pem)
    by = ["openssl", "dgst", "-sha256", "-sign", str(key)]
    said = made.rpartition(".")[0].encode()
    assert signed == subprocess.run(by, input=said, capture_output=True, check=True).stdout
    assert str(robot.key.private) not in repr(robot)


@settings(max_examples=20)
@given(content=st.binary())
def test_a_signature_is_as_long_as_its_key_and_opens_with_the_public_half(robot: Account, content: bytes) -> None:
    made = signature(robot.key, content)
    assert len(made) == 256
    opened = pow(int.from_bytes(made, "big"), robot.key.public, robot.key.modulus).to_bytes(256, "big")
    assert opened.startswith(b"\x00\x01\xff\xff")


def test_what_is_no_key_is_refused_and_not_repeated(pem: str) -> None:
    lines = pem.splitlines()
    for raw in (
        "", "[]", "{}", key_file(""), key_file(lines[0] + lines[-1]), key_file(pem.replace("PRIVATE", "PUBLIC")),
        key_file("\n".join([*lines[:9], lines[-1]])), key_file("\n".join([lines[0], "?", *lines[2:]])),
        key_file("\n".join([lines[0], "MIIEvg==", lines[-1]])),
        key_file("\n".join([*lines[:12], lines[12][::-1], *lines[13:]])),
        key_file(private_key(option="rsa_keygen_bits:1024")),
        key_file(private_key(kind="EC", option="ec_paramgen_curve:P-256")),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"no key file|no RSA key") as refused:
            account(raw, "support@example.com")
        assert "MII" not in str(refused.value)
