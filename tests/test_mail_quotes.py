"""What of a mail is the customer's own: reply styles in eight languages, and what is never cut."""

import pytest

from tests.mails import TONGUES, Tongue, mail, multipart, read
from triage.types import Email

OLD = "Dear customer,\nwe are looking into it.\nYour help desk"
QUOTED = "\n".join(f"> {line}" for line in OLD.split("\n"))
HTML_HEAD = "Content-Type: text/html; charset=utf-8\n\n"

tongues = pytest.mark.parametrize("tongue", TONGUES.values(), ids=TONGUES.keys())


def own_is(email: Email, text: str) -> None:
    assert email.text == text
    assert "looking into it" in email.quoted


@tongues
@pytest.mark.parametrize("style", ["attribution", "wrapped"])
def test_top_post_over_marked_quote(tongue: Tongue, style: str) -> None:
    own_is(read(mail(f"{tongue.own}\n\n{getattr(tongue, style)}\n\n{QUOTED}\n")), tongue.own)


@tongues
@pytest.mark.parametrize("style", ["attribution", "wrapped"])
def test_top_post_over_unmarked_quote(tongue: Tongue, style: str) -> None:
    own_is(read(mail(f"{tongue.own}\n\n{getattr(tongue, style)}\n\n{OLD}\n")), tongue.own)


@tongues
def test_bottom_post(tongue: Tongue) -> None:
    own_is(read(mail(f"{tongue.attribution}\n{QUOTED}\n\n{tongue.own}\n")), tongue.own)


@tongues
def test_inline_answers_are_own_text(tongue: Tongue) -> None:
    body = f"{tongue.attribution}\n> Where is it?\n\n{tongue.own}\n\n> looking into it\n\n2x!\n"
    own_is(read(mail(body)), f"{tongue.own}\n\n2x!")


@tongues
@pytest.mark.parametrize("rule", ["", "_" * 32 + "\n", "-" * 12 + "\n"])
def test_outlook_header_block(tongue: Tongue, rule: str) -> None:
    own_is(read(mail(f"{tongue.own}\n\n{rule}{tongue.header}\n\n{OLD}\n")), tongue.own)


@tongues
def test_original_message_line(tongue: Tongue) -> None:
    own_is(read(mail(f"{tongue.own}\n\n{tongue.original}\n{tongue.header}\n\n{OLD}")), tongue.own)


@tongues
def test_forward_without_own_text_is_quoted(tongue: Tongue) -> None:
    own_is(read(mail(f"{tongue.forward}\n{tongue.header}\n\n{OLD}\n", subject="Fwd: x")), "")


@tongues
def test_forward_with_own_text(tongue: Tongue) -> None:
    own_is(read(mail(f"{tongue.own}\n\n{tongue.forward}\n{tongue.header}\n\n{OLD}")), tongue.own)


@tongues
def test_gmail_html(tongue: Tongue) -> None:
    attribution = tongue.attribution.replace("<", "&lt;").replace(">", "&gt;")
    html = (
        f'<div dir="ltr">{tongue.own}</div><br><div class="gmail_quote"><div class="gmail_attr">'
        f"{attribution}<br></div><blockquote>{OLD.replace(chr(10), '<br>')}</blockquote></div>"
    )
    own_is(read(mail(html, "Content-Type: text/html; charset=utf-8")), tongue.own)


@tongues
def test_outlook_html(tongue: Tongue) -> None:
    rows = tongue.header.replace("<", "&lt;").replace(">", "&gt;").split("\n")
    block = "<br>".join(f"<b>{row.replace(':', ':</b>', 1)}" for row in rows)
    html = (
        f'<p class="MsoNormal">{tongue.own}</p><div style="border-top:solid #E1E1E1 1.0pt">'
        f'<p class="MsoNormal">{block}</p></div><p class="MsoNormal">{OLD}</p>'
    )
    own_is(read(mail(html, "Content-Type: text/html; charset=utf-8")), tongue.own)


@tongues
def test_signatures(tongue: Tongue) -> None:
    for cut in (
        f"-- \n{tongue.sign_off}\n+49 30 1234567",
        tongue.phone,
        tongue.sign_off,
        f"{tongue.sign_off}\nHead of Buying\nCustomer Ltd.\nTel. +49 30 1234567\njane@x.example",
        f"{tongue.sign_off}\n\n{tongue.footer}",
    ):
        email = read(mail(f"{tongue.own}\n\n{cut}\n"))
        assert email.text == tongue.own
        assert cut.split("\n")[-1] in email.signature


@tongues
def test_text_below_the_sign_off_stays(tongue: Tongue) -> None:
    email = read(mail(f"Hi\n\n{tongue.sign_off}\n\nPS: {tongue.own}\n"))
    assert tongue.own in email.text


@pytest.mark.parametrize(
    "body",
    [
        "On Monday your Mr Smith wrote:\nwe will call you back.\nNobody called!",
        "From: my point of view\nyou are wrong.",
        "Name: Jane\nFrom: Leeds\nSubject: complaint\nMessage: I am furious.",
        "Thanks for nothing.\n\nI want my money back.",
        "Thanks.\n\nBut this is still broken and I am tired of it.",
        "Regards,\nyou are all useless",
        "I saw the light --\nnot a signature.",
        "--\nPoint one: you never answer.\n--\nPoint two: you never call.",
        "This message is confidential, so please call me.",
        "Sent from my desk, where I have waited for three hours for your call.",
        "-> press the button\n-> nothing happens",
        "Original Message was lost, please send it again.",
        "I wrote to you on 3 March 2025:\nno answer.",
    ],
)
def test_real_text_is_never_cut(body: str) -> None:
    email = read(mail(body))
    assert (email.text, email.quoted, email.signature) == (body, "", "")


def test_a_quote_alone_is_read_where_nothing_is_answered() -> None:
    assert read(mail("> Where is my order?\n> I wait!")).text == "Where is my order?\nI wait!"
    assert read(mail("> Where is my order?", subject="Re: x")).text == ""


def test_escaped_from_line_is_own() -> None:
    assert ">From now on" in read(mail("Hello.\n>From now on I wait.\nBye then")).text


def test_sentence_before_attribution_stays() -> None:
    body = f"On Friday I gave up.\n{TONGUES['en'].attribution}\n{QUOTED}"
    own_is(read(mail(body)), "On Friday I gave up.")


def test_odd_quote_marks_below_an_attribution() -> None:
    body = "On Mon, 3 Mar 2025, Help wrote:\n\n| we are\n| looking into it\n\nStill broken."
    own_is(read(mail(body)), "Still broken.")


def test_reply_above_this_line() -> None:
    body = f"No!\n\n##- Please type your reply above this line -##\n\n{OLD}"
    own_is(read(mail(body)), "No!")


def test_gmail_html_inline_answers() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Mon, 3 Mar 2025 at 14:05, Help '
        "&lt;help@shop.example&gt; wrote:</div><blockquote>looking into it</blockquote>"
        "<div>Since May!</div><blockquote>be patient</blockquote><div>No.</div></div>"
    )
    own_is(read(mail(html, "Content-Type: text/html")), "Since May!\n\nNo.")


@pytest.mark.parametrize(
    "mark",
    [
        '<div id="divRplyFwdMsg">Uit: Desk</div>',
        '<div class="yahoo_quoted"></div>',
        '<div class="moz-forward-container"></div>',
    ],
)
def test_marks_of_mail_programmes_need_no_language(mark: str) -> None:
    html = f"<div>Mijn bestelling?</div>{mark}<div>looking into it</div>"
    own_is(read(mail(html, "Content-Type: text/html")), "Mijn bestelling?")


def test_html_signature_is_cut_but_not_what_was_typed_into_it() -> None:
    html = (
        '<div>Hello</div><div class="gmail_signature">Jane Doe<br>Customer Ltd<br>'
        "I will never buy from you again</div>"
    )
    email = read(mail(html, "Content-Type: text/html"))
    assert email.text == "Hello\nI will never buy from you again"
    assert email.signature == "Jane Doe\nCustomer Ltd"


def test_flowed_text_is_joined() -> None:
    body = "I am \nvery \nangry.\n>> old \n>> text\n> newer\n-- \nJane"
    email = read(mail(body, "Content-Type: text/plain; format=flowed", subject="Re: x"))
    assert email.text == "I am very angry."
    assert email.quoted == ">> old text\n> newer"
    assert email.signature == "-- \nJane"


def test_enclosed_mail_is_quoted_and_a_file() -> None:
    inner = "Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: Old\n\nlooking into it"
    email = read(multipart("mixed", "Content-Type: text/plain\n\nSee below.", inner))
    own_is(email, "See below.")
    assert [file.name for file in email.attachments] == ["Old.eml"]


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links\n"
        "unless you know the sender.",
        "[EXTERNAL] This message is from an external sender.",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
    ],
)
def test_gateway_banner_is_not_the_customers(banner: str) -> None:
    email = read(mail(f"{banner}\n\nWhere is my order?"))
    assert (email.text, email.signature) == ("Where is my order?", banner)
    assert read(mail("Warning: I will sue.\n\nJane")).text == "Warning: I will sue.\n\nJane"
