import re

from service import keyring


def test_a_secret_is_long_and_never_the_same() -> None:
    made = {keyring.new_secret("trg_") for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"trg_[A-Za-z0-9_-]{43}", one) for one in made)


def test_a_code_can_be_typed_as_people_type() -> None:
    for _ in range(100):
        code = keyring.new_code()
        assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
        assert keyring.typed_code(code) == code
        typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert keyring.typed_code(f" {typed}\n") == code
    assert keyring.typed_code("") == ""
    assert len(keyring.typed_code("\ud800é" * 10_000)) < 300


def test_of_a_secret_only_a_digest_is_kept() -> None:
    assert keyring.digest("a") == keyring.digest("a") != keyring.digest("b")
    assert len(keyring.digest("\ud800")) == 32
