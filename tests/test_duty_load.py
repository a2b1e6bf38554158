"""duty.toml: what is taken, and what is refused with the place and the reason."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.duties import BERLIN, MINIMAL, loaded, written
from triage import duty
from triage.duty import Absence, Channel, Override, Role, Swap
from triage.duty.rota import OnHolidays, Turns
from triage.duty.week import Hours, Span
from triage.errors import ConfigError
from triage.tomlfile import lines_of
from triage.types import Severity


def test_the_packaged_example_has_a_point_at_every_moment() -> None:
    desk = duty.load(None)
    start = datetime(2026, 1, 2, 17, tzinfo=UTC)
    assert duty.holes(desk, Role.POINT, start, start + timedelta(days=3000)) == ()
    assert {role for person in desk.people for role in person.roles} == set(Role)
    assert all(one.mail.endswith("@example.org") for one in desk.people)


def test_a_file_becomes_records(tmp_path: Path) -> None:
    more = """
[[people]]
id = "sam"
name = " Sam "
roles = ["point", "rep", "point"]
mail = "sam@example.org"
office_phone = "+49 30 1234567"
channels = [{ name = "sms", url_file = "sms.url" }, { name = "push", url_env = "SAM_PUSH" }]

[[layers]]
name = "nights"
people = ["pat", "sam"]
every = "2 weeks"
hand_over = "mon 22:00"
hours = ["fri 22:00-06:00"]
holidays = "never"
country = "AU"
subdivision = "NSW"
zone = "Australia/Lord_Howe"
from = 2026-01-05
until = 2026-12-31

[[overrides]]
person = "sam"
from = 2026-02-01T09:00:00
until = 2026-02-02T09:00:00Z

[[swaps]]
people = ["pat", "sam"]
from = 2026-03-29
until = 2026-03-29

[[absences]]
person = "sam"
from = 2026-05-01
until = 2026-05-02T12:30:15
"""
    desk = loaded(tmp_path, more)
    sam = desk.person("sam")
    assert sam is not None
    assert (sam.name, sam.roles, sam.office_phone) == (
        "Sam",
        (Role.POINT, Role.REP),
        "+49 30 1234567",
    )
    assert sam.channels == (
        Channel("sms", url_file=tmp_path / "sms.url"),
        Channel("push", url_env="SAM_PUSH"),
    )
    (layer,) = desk.rota.layers
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert (layer.zone, layer.role, layer.people) == (lord_howe, Role.POINT, ("pat", "sam"))
    assert layer.turns == Turns(date(2026, 1, 5), 22 * 60, 14)
    assert layer.week == (Span(4, 22 * 60, 30 * 60),)
    assert layer.on_holidays is OnHolidays.NEVER
    assert layer.calendar.holiday(date(2026, 1, 26)) == "Australia Day"
    assert layer.start == datetime(2026, 1, 5, 22, tzinfo=lord_howe)
    assert layer.until == datetime(2027, 1, 1, tzinfo=lord_howe)
    assert desk.rota.changes == (
        Override(
            "sam",
            Role.POINT,
            datetime(2026, 2, 1, 9, tzinfo=BERLIN),
            datetime(2026, 2, 2, 9, tzinfo=UTC),
        ),
        Swap(
            "pat",
            "sam",
            Role.POINT,
            datetime(2026, 3, 29, tzinfo=BERLIN),
            datetime(2026, 3, 30, tzinfo=BERLIN),
        ),
    )
    assert desk.rota.absences == (
        Absence(
            "sam",
            datetime(2026, 5, 1, tzinfo=BERLIN),
            datetime(2026, 5, 2, 12, 30, 15, tzinfo=BERLIN),
        ),
    )


def test_hours_fallback_answers_and_digest(tmp_path: Path) -> None:
    more = 'country = "DE"\nbreaks = ["mon 12:00-13:00"]\n'
    special = '[[hours.special]]\ndate = 2026-12-24\nhours = ["09:00-12:00"]\n'
    text = MINIMAL.replace("[[answers]]", f"{more}{special}[[answers]]")
    desk = duty.load(written(tmp_path, text))
    assert desk.digest == sha256(text.encode()).hexdigest()
    assert desk.source == str(tmp_path / "duty.toml")
    assert [one.id for one in desk.fallback] == ["max"]
    assert desk.hours.zone == BERLIN
    assert desk.hours.breaks == (Span(0, 720, 780),)
    assert desk.hours.special[0].hours == (Hours(540, 720),)
    assert desk.hours.calendar.holiday(date(2026, 10, 3))
    assert desk.answers[0].by == "mail"
    assert not desk.answers[0].severity
    assert Severity.HIGH not in desk.answers[0].severity


LAYER = '[[layers]]\nname = "x"\npeople = ["pat"]\n'
TURNS = LAYER + 'every = "1 week"\nhand_over = "mon 09:00"\nfrom = 2026-01-05\n'
CHANGE = "from = 2026-01-05\nuntil = 2026-01-06\n"
PERSON = '[[people]]\nid = "sam"\nname = "Sam"\nroles = ["rep"]\nmail = "sam@example.org"\n'

REFUSED = {
    "an unknown key": ("[[layer]]\n", "line 22: layer: no such key"),
    "an unknown key of a person": (PERSON + 'phone = "1"\n', "line 27: people 3, phone: no such"),
    "an id that is taken": (PERSON.replace("sam", "pat"), "people 3, id: 'pat' is taken"),
    "an id with blanks": (PERSON.replace('"sam"', '"s am"'), "line 23: people 3, id"),
    "no such role": (PERSON.replace('"rep"', '"boss"'), "line 25: people 3, roles 1"),
    "no roles": (PERSON.replace('"rep"', ""), "people 3, roles"),
    "no mail address": (PERSON.replace("sam@example.org", "sam"), "line 26: people 3, mail: must"),
    "two mail addresses": (PERSON.replace("sam@", "a@b.c, sam@"), "people 3, mail: must be a bare"),
    "a mail with a line break": (PERSON.replace("sam@", "a\\r\\nBcc: sam@"), "people 3, mail"),
    "a name of two lines": (PERSON.replace('"Sam"', '"Sam\\nX"'), "people 3, name: must be one"),
    "a phone that is none": (PERSON + 'office_phone = "ring me"\n', "people 3, office_phone"),
    "a channel with its secret": (
        PERSON + 'channels = [{ name = "x", url = "json://t" }]\n',
        "people 3, channels 1, url: no such key",
    ),
    "a channel without a place": (
        PERSON + 'channels = [{ name = "x" }]\n',
        "people 3, channels 1: needs url_file or url_env",
    ),
    "a layer of nobody": (LAYER.replace('"pat"', ""), "layers 1, people"),
    "a layer of a stranger": (
        LAYER.replace("pat", "ghost"),
        "line 24: layers 1, people 1: there is nobody with the id 'ghost'",
    ),
    "a layer of a person without the role": (
        PERSON + LAYER.replace("pat", "sam"),
        "layers 1, people 1: sam has not the role point",
    ),
    "a layer whose name is taken": (LAYER + LAYER, "line 26: layers 2, name: 'x' is taken"),
    "a hand-over without turns": (LAYER + 'hand_over = "mon 09:00"\n', "needs every"),
    "turns without a beginning": (
        TURNS.replace("from = 2026-01-05", ""),
        "layers 1, from: must be the date",
    ),
    "turns from a time": (TURNS.replace("01-05", "01-05T10:00:00"), "from: must be the date"),
    "turns without a hand-over": (
        TURNS.replace('hand_over = "mon 09:00"', ""),
        "layers 1, hand_over: must say when",
    ),
    "turns of no length": (TURNS.replace("1 week", "0 weeks"), "line 25: layers 1, every"),
    "turns from another weekday": (
        TURNS.replace("01-05", "01-06"),
        "line 27: layers 1, from: 2026-01-06 is a tue, and the hand-over is on mon",
    ),
    "weeks without a weekday": (TURNS.replace("mon 09", "09"), "hand_over: is 'mon 09:00' where"),
    "days with a weekday": (TURNS.replace("1 week", "1 day"), "hand_over: is 'mon 09:00' where"),
    "a hand-over at no time": (TURNS.replace("09:00", "9 am"), "layers 1, hand_over"),
    "a hand-over at 24:00": (TURNS.replace("09:00", "24:00"), "'24:00' is '00:00'"),
    "hours of no weekday": (LAYER + 'hours = ["any 09:00-10:00"]\n', "'any' is not a weekday"),
    "hours of no time": (LAYER + 'hours = ["mon 09:00-25:00"]\n', "'25:00' is not a time"),
    "hours of no length": (LAYER + 'hours = ["mon 09:00-09:00"]\n', "begins where it ends"),
    "a layer that ends before it begins": (TURNS + "until = 2026-01-04\n", "until: is not after"),
    "a zone that is none": (LAYER + 'zone = "Berlin"\n', "layers 1, zone: must be an IANA"),
    "a zone that is a path": (LAYER + 'zone = "../../etc/passwd"\n', "layers 1, zone: must be"),
    "holidays of nowhere": (LAYER + 'holidays = "only"\n', "holidays: needs a country"),
    "holidays of an unknown country": (LAYER + 'country = "ZZ"\n', "country: the holidays of 'ZZ'"),
    "holidays of an unknown part": (
        LAYER + 'country = "DE"\nsubdivision = "ZZ"\n',
        "the holidays of 'DE-ZZ' are not known",
    ),
    "holidays of a name": (LAYER + 'country = "country_holidays"\n', "layers 1, country"),
    "a year out of this world": (
        LAYER + "from = 9999-12-31\n",
        "layers 1, from: must lie in the years",
    ),
    "an override of a stranger": (
        f'[[overrides]]\nperson = "ghost"\n{CHANGE}',
        "line 23: overrides 1, person: there is nobody",
    ),
    "an override backwards": (
        '[[overrides]]\nperson = "pat"\nfrom = 2026-01-05\nuntil = 2026-01-04\n',
        "line 25: overrides 1, until: is not after from",
    ),
    "an override without an end": (
        '[[overrides]]\nperson = "pat"\nfrom = 2026-01-05\n',
        "overrides 1, until: Field required",
    ),
    "a swap with oneself": (f'[[swaps]]\npeople = ["pat", "pat"]\n{CHANGE}', "names one person"),
    "a swap of three": (f'[[swaps]]\npeople = ["pat", "max", "pat"]\n{CHANGE}', "swaps 1, people"),
    "an absence of a stranger": (f'[[absences]]\nperson = "ghost"\n{CHANGE}', "absences 1, person"),
    "text for a date": (
        '[[absences]]\nperson = "pat"\nfrom = "2026-01-05"\nuntil = 2026-01-06\n',
        "line 24: absences 1, from",
    ),
    "a special day twice": (
        "[[hours.special]]\ndate = 2026-12-24\n[[hours.special]]\ndate = 2026-12-24\n",
        "line 25: hours, special 2, date: 2026-12-24 is given twice",
    ),
    "an answer that is never reached": (
        '[[answers]]\nby = "phone"\nurgent = true\n',
        "line 22: answers 2: decides nothing",
    ),
    "an answer by pigeon": ('[[answers]]\nby = "pigeon"\n', "line 23: answers 2, by"),
}


@pytest.mark.parametrize(("more", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_file_is_refused_with_place_and_reason(
    tmp_path: Path, more: str, reason: str
) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, more)
    assert str(error.value).startswith(str(tmp_path / "duty.toml"))
    assert reason in str(error.value)


CHANGED = {
    "no such zone": ('zone = "Europe/Berlin"', 'zone = "Berlin"', "line 2: zone: must be an IANA"),
    "a fallback of strangers": ('["max"]', '["ghost"]', "line 3: fallback 1: there is nobody"),
    "no fallback": ('["max"]', "[]", "line 3: fallback"),
    "nobody is Point": ('"point"', '"rep"', "nobody has the role point"),
    "never open": ('week = ["mon-fri 09:00-17:00"]', "week = []", "hours, week"),
    "no hours": ('[hours]\nweek = ["mon-fri 09:00-17:00"]\n', "", "hours: Field required"),
    "a subdivision of nowhere": ("[hours]", '[hours]\nsubdivision = "BE"', "needs its country"),
    "not every answer decided": ('by = "mail"', 'by = "mail"\nurgent = true', "no row decides for"),
    "not TOML": ("[hours]", "[hours", "not a readable TOML file"),
}


@pytest.mark.parametrize(("old", "new", "reason"), CHANGED.values(), ids=CHANGED.keys())
def test_a_file_with_something_spoilt(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in MINIMAL
    with pytest.raises(ConfigError) as error:
        duty.load(written(tmp_path, MINIMAL.replace(old, new)))
    assert reason in str(error.value)


def test_every_wrong_thing_is_named_at_once(tmp_path: Path) -> None:
    text = MINIMAL.replace("pat@example.org", "pat").replace('"Europe/Berlin"', "1")
    with pytest.raises(ConfigError) as error:
        duty.load(written(tmp_path, text))
    lines = str(error.value).splitlines()
    assert [line.partition("duty.toml, ")[2].partition(":")[0] for line in lines] == [
        "line 2",
        "line 9",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "not a readable TOML"),
        (b"a = " + b"[" * 100_000, "not a readable TOML"),
        (b"# " + b"x" * 1_000_001, "larger than"),
        (b"", "people: Field required"),
    ],
    ids=["bytes", "nest", "huge", "empty"],
)
def test_what_is_no_duty_file(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "duty.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=reason):
        duty.load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        duty.load(tmp_path / "duty.toml")


def test_lines_pass_over_long_texts_and_tables_within_tables() -> None:
    text = 'a = """\n[[b]]\nc = 1\n"""\n[[b]]\nc = 1\n[[b.d]]\n[[b.d]]\ne = 1\n[[b]]\n[[b.d]]\n'
    assert lines_of(text) == {
        ("a",): 1,
        ("b", 0): 5,
        ("b", 0, "c"): 6,
        ("b", 0, "d", 0): 7,
        ("b", 0, "d", 1): 8,
        ("b", 0, "d", 1, "e"): 9,
        ("b", 1): 10,
        ("b", 1, "d", 0): 11,
    }
