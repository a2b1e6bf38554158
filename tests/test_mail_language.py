"""Which language a mail is in, and when it is better not to say."""

import pytest

from tests.mails import TONGUES, mail, read
from triage.mail.language import language


@pytest.mark.parametrize(("code", "tongue"), TONGUES.items(), ids=TONGUES.keys())
def test_the_eight_languages(code: str, tongue: object) -> None:
    assert language(TONGUES[code].own) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "und"),
        ("ok", "und"),
        ("Hello??", "und"),
        ("12345 67890 https://shop.example/de/kunde", "und"),
        ("9bbf38a544f990e73cd12f3c56c60e6180edebd31d752d3997fa", "und"),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod", "und"),
        ("FIX THIS NOW, I HAVE WAITED THREE WEEKS", "en"),
        ("what a joke. worst service ever", "en"),
        ("注文した商品がまだ届きません。", "ja"),
        ("주문한 상품이 아직 도착하지 않았습니다.", "ko"),
        ("我的订单还没有到", "zh"),
        ("Η παραγγελία μου δεν έφτασε", "el"),
        ("Вы воры", "ru"),
        ("أين", "ar"),
        ("Мой заказ до сих пор не пришёл, я очень недоволен.", "ru"),
    ],
)
def test_short_odd_and_other_scripts(text: str, code: str) -> None:
    assert language(text) == code


def test_a_short_mail_is_judged_with_its_subject() -> None:
    assert read(mail("Hallo", subject="AW: Wo bleibt meine Bestellung vom März?")).language == "de"


def test_quoted_text_has_no_say() -> None:
    body = "Where is my order? I have been waiting for weeks.\n\n> " + TONGUES["de"].own
    assert read(mail(body)).language == "en"
