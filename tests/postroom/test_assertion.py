"""What an application says of itself: OpenSSL finds its signature good, and a file that is no key is told without a word of it."""

import hashlib
import json
import re
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.oauth.assertion import Account, account, of_account, of_client
from postroom.oauth.certificate import certificate
from postroom.oauth.rsa import SALT, pkcs1
from tests.servers import authority
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
    made = of_account(robot, "mail", "https://login.example/token", NOW)
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
    made = pkcs1(robot.key, content)
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


@pytest.mark.parametrize("bits", [2048, 2049, 3072])
def test_openssl_finds_a_certificates_signature_good_and_the_header_is_the_one_that_microsoft_wants(
    bits: int, tmp_path: Path
) -> None:
    both = authority.certificate(bits=bits)
    mine = certificate(both, both)
    made = of_client(mine, "postroom", "https://login.example/token", NOW, bytes(range(SALT)))
    head, claims, signed = (urlsafe_b64decode(part + "==") for part in made.split("."))
    shown = openssl("x509", "-outform", "DER", given=both.encode())
    print_ = urlsafe_b64encode(hashlib.sha256(shown).digest()).rstrip(b"=").decode()
    assert json.loads(head) == {"alg": "PS256", "typ": "JWT", "x5t#S256": print_}
    assert json.loads(claims) == {
        "iss": "postroom", "sub": "postroom", "aud": "https://login.example/token",
        "iat": 1795770000, "nbf": 1795770000, "exp": 1795770600, "jti": "000102030405060708090a0b0c0d0e0f",
    }  # fmt: skip
    (tmp_path / "public.pem").write_bytes(openssl("x509", "-pubkey", "-noout", given=both.encode()))
    (tmp_path / "signed").write_bytes(signed)
    way = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{SALT}"]
    names = ["-verify", str(tmp_path / "public.pem"), "-signature", str(tmp_path / "signed")]
    assert b"Verified OK" in openssl("dgst", "-sha256", *way, *names, given=made.rpartition(".")[0].encode())
    end = openssl("x509", "-enddate", "-noout", "-dateopt", "iso_8601", given=both.encode()).decode()
    assert end.strip() == f"notAfter={mine.ends:%Y-%m-%d %H:%M:%SZ}"


def test_what_the_page_says_makes_a_certificate_that_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "microsoft.md").read_text("utf-8")
    (command,) = re.findall(r"^\(umask 077; openssl req .+\)$", page, re.MULTILINE)
    subprocess.run(["sh", "-ec", command], cwd=tmp_path, capture_output=True, check=True)
    made = tmp_path / "house.pem"
    assert made.stat().st_mode & 0o777 == 0o600
    assert certificate(made.read_text(), made.read_text()).ends > NOW
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house.crt", "house.pem"]


def test_a_certificate_may_end_long_after_2049() -> None:
    both = authority.certificate(days=36_500)
    assert certificate(both, both).ends.year > 2100


def test_what_is_no_certificate_is_refused_and_not_repeated() -> None:
    both, other = authority.certificate(), authority.certificate()
    key, begin, shown = both.partition("-----BEGIN CERTIFICATE-----")
    for raw, key_raw, said in (
        ("", both, "no certificate"), (key, both, "no certificate"), (both, "", "no RSA key"), (both, begin + shown, "no RSA key"),
        (both, other, "the key is another certificate's"), (begin + "MIIB" + shown[200:], both, "no certificate"),
        (begin + "MA==\n-----END CERTIFICATE-----", both, "no certificate"), (both.replace("-----END", "--END"), both, "no certificate"),
        (begin + "é" + shown, both, "no certificate"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said) as refused:
            certificate(raw, key_raw)
        assert "MII" not in str(refused.value)


def openssl(*words: str, given: bytes) -> bytes:
    return subprocess.run(["openssl", *words], input=given, capture_output=True, check=True).stdout
