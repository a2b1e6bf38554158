from itertools import pairwise

import pytest

from service.keyring import LIFETIME, Keyring
from triage.errors import ConfigError

KEY = "sixteen letters and more"
NOW = 1_800_000_000.0


def test_only_the_key_opens() -> None:
    keyring = Keyring(KEY)
    assert keyring.opens(KEY)
    for wrong in ("", KEY[:-1], KEY + " ", KEY.upper(), "\ud800", "é" * 24):
        assert not keyring.opens(wrong)


def test_a_token_is_good_until_it_expires_and_never_the_same() -> None:
    keyring = Keyring(KEY)
    token = keyring.issue(NOW)
    assert token != keyring.issue(NOW)
    assert keyring.honours(token, NOW)
    assert keyring.honours(token, NOW + LIFETIME - 1)
    assert not keyring.honours(token, NOW + LIFETIME)


def test_a_token_says_nothing_of_the_key_and_dies_with_it() -> None:
    token = Keyring(KEY).issue(NOW)
    assert KEY not in token
    assert not Keyring("another key altogether").honours(token, NOW)


def test_an_altered_token_is_refused() -> None:
    token = Keyring(KEY).issue(NOW)
    expiry, nonce, signature = token.split(".")
    later = f"{int(expiry) + 1}.{nonce}.{signature}"
    swapped = [token[:i] + b + a + token[i + 2 :] for i, (a, b) in enumerate(pairwise(token))]
    for wrong in (later, "", ".", "..", "a.b.c", f"{expiry}.{nonce}.", "\ud800.é.x", *swapped):
        assert wrong == token or not Keyring(KEY).honours(wrong, NOW)


@pytest.mark.parametrize("key", ["", "short", "x" * 15])
def test_a_key_easily_guessed_is_refused(key: str) -> None:
    with pytest.raises(ConfigError, match="at least 16"):
        Keyring(key)


def test_a_key_does_not_show_in_tracebacks() -> None:
    assert KEY not in repr(Keyring(KEY))
