"""What is private stays private (P5), whatever tries to write it."""

import copy
import json
import logging
import pickle
from dataclasses import asdict, replace
from pathlib import Path
from pprint import pformat

import jinja2
import pytest
import structlog
from fastapi.encoders import jsonable_encoder
from pydantic import TypeAdapter

from tests.duties import a_desk, someone, written
from triage import duty, types
from triage.duty import Channel, ContactSheet, Duty, Person, Private
from triage.errors import ConfigError

SECRETS = ("+49 171 555 0001", "pat@home.example", "Has a bad knee.")
PAT = replace(
    someone("pat"),
    office_phone="+49 30 23125 101",
    personal_phone=Private(SECRETS[0]),
    home_mail=Private(SECRETS[1]),
    notes=Private(SECRETS[2]),
)
DESK: Duty = replace(a_desk(), people=(PAT,))


def told(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_p5_a_customer_may_be_given_name_office_phone_and_mail() -> None:
    sheet = duty.contact_sheet(PAT)
    assert sheet == ContactSheet("Pat", "+49 30 23125 101", "pat@example.org")


@pytest.mark.parametrize(
    "render",
    [
        str,
        repr,
        ascii,
        pformat,
        "{}".format,
        "{0!s:>40} {0!r:<9}".format,
        lambda one: "%s %r" % (one, one),  # noqa: UP031
        lambda one: f"{one} {one!r} {one!a}",
        lambda one: str(asdict(one)) if isinstance(one, Person) else str([one]),
        lambda one: str(copy.deepcopy(one)),
        lambda one: str([getattr(one, name, None) for name in dir(one)]),
        lambda one: jinja2.Template("{{ it }} {{ it|string }} {{ [it] }} {{ it|pprint }}").render(
            it=one
        ),
        lambda one: structlog.processors.JSONRenderer()(logging, "info", {"it": one}),
        lambda one: structlog.processors.KeyValueRenderer()(logging, "info", {"it": one}),
        lambda one: logging.makeLogRecord({"msg": "%s", "args": (one,)}).getMessage(),
    ],
)
def test_p5_no_rendering_shows_a_private_field(render: object) -> None:
    for one in (PAT, PAT.personal_phone, PAT.home_mail, PAT.notes, DESK, [PAT]):
        text = render(one)  # type: ignore[operator]
        assert not told(str(text))


@pytest.mark.parametrize(
    "template",
    [
        "{{ person.personal_phone }} {{ person.home_mail }} {{ person.notes }}",
        "{% for key in ['personal_phone', 'notes'] %}{{ person[key] }}{% endfor %}",
        "{{ person.personal_phone ~ person.home_mail ~ person.notes }}",
        "{{ [person.personal_phone, person.notes]|join(', ') }}",
        "{{ person.notes|upper }} {{ person.notes|e }} {{ person.notes|trim }}",
        "{{ '%s %r'|format(person.notes, person.home_mail) }}",
        "{{ person.notes|attr('_text') }} {{ person.notes.__dict__ }} {{ person.notes.text }}",
    ],
)
def test_p5_no_template_shows_a_private_field(template: str) -> None:
    text = jinja2.Environment(autoescape=True).from_string(template).render(person=PAT)
    assert not told(text)


@pytest.mark.parametrize("template", ["{{ it|tojson }}", "{{ it|list }}", "{{ it + '' }}"])
def test_p5_what_a_template_cannot_render_it_refuses(template: str) -> None:
    with pytest.raises(TypeError):
        jinja2.Template(template).render(it=PAT.notes)


@pytest.mark.parametrize("one", [PAT, PAT.notes], ids=["person", "field"])
def test_p5_no_json_and_no_pickle_is_made_of_it(one: object) -> None:
    for write in (
        lambda: json.dumps(one if one is not PAT else asdict(PAT)),
        lambda: pickle.dumps(one),
        lambda: jsonable_encoder(one),
        lambda: TypeAdapter(object).dump_json(one),
    ):
        with pytest.raises((TypeError, ValueError)) as error:
            write()
        assert not told(str(error.value))


def test_only_the_named_function_reveals_it() -> None:
    private = (PAT.personal_phone, PAT.home_mail, PAT.notes)
    assert tuple(map(duty.reveal_on_desk, private)) == SECRETS
    assert [bool(one) for one in private] == [True] * 3
    assert not someone("sam").notes
    assert Private("same") != Private("same")


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ("Ring Pat at +49 171 555 0001.", "personal_phone"),
        ("Ring Pat at 0171/5550001.", "personal_phone"),
        ("0 1 7 1 - 5 5 5 - 0 0 0 1", "personal_phone"),
        ("Write to PAT@home.example", "home_mail"),
    ],
)
def test_p5_a_draft_that_gives_something_away_is_found_out(draft: str, field: str) -> None:
    assert duty.gives_away(draft, DESK.people) == (("pat", field),)


def test_p5_a_draft_with_the_contact_sheet_gives_nothing_away() -> None:
    sheet = duty.contact_sheet(PAT)
    draft = f"{sheet.name}, {sheet.office_phone}, {sheet.mail}, order 4915550001"
    assert duty.gives_away(draft, (PAT, someone("sam"))) == ()


def test_a_notice_goes_to_name_and_work_mail() -> None:
    assert PAT.address == types.Person("Pat", "pat@example.org")


def test_a_channels_url_is_read_at_each_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sms"
    channel = Channel("sms", url_file=file)
    for url in ("json://one.example/token", "json://two.example/token"):
        file.write_text(f"{url}\n")
        assert channel.url() == url
    monkeypatch.setenv("PUSH", "ntfy://three.example")
    assert Channel("push", url_env="PUSH").url() == "ntfy://three.example"


@pytest.mark.parametrize("content", [None, b"", b"no url, secret", b"\xff\xfe", b"a://b\nc://d"])
def test_a_channel_without_a_url_says_where_it_should_be(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "sms"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=f"channel sms: {file}") as error:
        Channel("sms", url_file=file).url()
    assert "secret" not in str(error.value)


def test_a_channel_without_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUSH", raising=False)
    with pytest.raises(ConfigError, match="the variable PUSH holds no URL"):
        Channel("push", url_env="PUSH").url()


def test_no_error_of_the_file_quotes_a_private_field(tmp_path: Path) -> None:
    person = 'id = "pat"\nname = "Pat"\nroles = ["point"]\nmail = "pat@example.org"\n'
    wrong = (
        'private = { phone = "call 0171 5550001" }',
        'private = { mail = "0171 5550001" }',
        "private = { notes = 171_5550001 }",
        'private = "0171 5550001"',
        'private = { telephone = "0171 5550001" }',
    )
    for one in wrong:
        path = written(tmp_path, f'zone = "UTC"\nfallback = ["pat"]\n[[people]]\n{person}{one}\n')
        with pytest.raises(ConfigError, match=r"line 8: people 1, private") as error:
            duty.load(path)
        assert "5550001" not in str(error.value)
