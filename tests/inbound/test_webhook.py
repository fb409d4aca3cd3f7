"""A signature holds for one secret, id, time and body; by the vectors of Standard Webhooks, and against whatever is forged."""

import hmac
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbound.webhook import WINDOW, Delivery, is_fresh, is_signed, sent_at, signing_key

# The example of the specification's own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR = Delivery(
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "1614265330",
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    b'{"test": 2432232314}',
)
KEY = signing_key(SECRET)
SENT = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)


def signed(id_: str, timestamp: str, body: bytes, key: bytes = KEY) -> Delivery:
    mac = b64encode(hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, "sha256")).decode()
    return Delivery(id_, timestamp, f"v1,{mac}", body)


def test_the_specifications_own_example_is_signed_and_each_change_of_it_is_not() -> None:
    assert is_signed(KEY, VECTOR)
    several = f"v1,AAAA v2,xyz {VECTOR.signature}"
    assert is_signed(KEY, replace(VECTOR, signature=several)), "while a secret is being changed"
    forged = {
        "another body": replace(VECTOR, body=b'{"test": 2432232315}'),
        "another id": replace(VECTOR, id="msg_p5jXN8AQM9LWM0D4loKWxJel"),
        "another time": replace(VECTOR, timestamp="1614265331"),
        "no id": replace(VECTOR, id=""),
        "no time": replace(VECTOR, timestamp=""),
        "no signature": replace(VECTOR, signature=""),
        "without its version": replace(VECTOR, signature=VECTOR.signature.removeprefix("v1,")),
        "another version": replace(VECTOR, signature="v2" + VECTOR.signature[2:]),
        "cut off": replace(VECTOR, signature=VECTOR.signature[:-1]),
        "in hex": replace(VECTOR, signature="v1," + hmac.digest(KEY, VECTOR.body, "sha256").hex()),
        "of the body alone": replace(
            VECTOR, signature="v1," + b64encode(hmac.digest(KEY, VECTOR.body, "sha256")).decode()
        ),
        "in another case": replace(VECTOR, signature=VECTOR.signature.lower()),
        "odd letters": replace(VECTOR, signature="v1,\udcff\u2028 é"),
        "the eleventh": replace(VECTOR, signature="v1,AAAA " * 10 + VECTOR.signature),
        "another secret": signed("d1", "1614265330", VECTOR.body, b"x" * 24),
    }
    assert {name for name, delivery in forged.items() if is_signed(KEY, delivery)} == set()


def test_what_is_signed_cannot_be_read_as_another_id_time_and_body() -> None:
    moved = (
        Delivery("a.1", "2", signed("a", "1", b"2.{}").signature, b"{}"),
        Delivery("a", "1", signed("a.1", "2", b"{}").signature, b"2.{}"),
        signed("a.b", "1", b"{}"),
        signed("a", "1.5", b"{}"),
        signed("a", "-1", b"{}"),
        signed("a", "+1", b"{}"),
        signed("a", "١", b"{}"),
        signed("a", " 1", b"{}"),
        signed("a", "1" * 12, b"{}"),
        signed("a\n", "1", b"{}"),
        signed("a" * 129, "1", b"{}"),
    )
    assert [delivery.id for delivery in moved[2:] if is_signed(KEY, delivery)] == []
    assert not is_signed(KEY, moved[0])


def test_a_delivery_is_fresh_for_five_minutes_either_way() -> None:
    assert sent_at(VECTOR) == SENT
    second = timedelta(seconds=1)
    found = {away: is_fresh(VECTOR, SENT + away) for away in (-WINDOW - second, -WINDOW, WINDOW, WINDOW + second)}
    assert list(found.values()) == [False, True, True, False]
    assert not is_fresh(replace(VECTOR, timestamp="99999999999"), SENT), "the year 5138"


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        SECRET.removeprefix("whsec_"),
        "whsec_c2hvcnQ=",
        "whsec_" + "A" * 88 + "AA==",
        SECRET[:-1],
        SECRET + "\n",
        "whsec_ü",
    ],
    ids=ascii,
)
def test_a_secret_of_another_form_is_refused_without_telling_it(secret: str) -> None:
    with pytest.raises(ValueError, match="base64") as refused:
        signing_key(secret)
    assert not secret.removeprefix("whsec_") or secret.removeprefix("whsec_") not in str(refused.value)


@given(st.builds(Delivery, st.text(max_size=40), st.text(max_size=15), st.text(max_size=100), st.binary(max_size=100)))
def test_nothing_that_is_made_up_is_signed_or_raises(delivery: Delivery) -> None:
    assert not is_signed(KEY, delivery)


def test_the_largest_header_and_body_are_judged_at_once() -> None:
    huge = Delivery("a", "1", "v1," * 21_000, b"x" * 65_536)
    before = perf_counter()
    assert not is_signed(KEY, huge)
    assert perf_counter() - before < 0.5
