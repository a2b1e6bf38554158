"""Settings from ``triage.toml`` and ``TRIAGE_*``; wrong ones fail loudly and name the key."""

import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from triage.errors import ConfigError
from triage.types import Person, Severity

HOUSE = Path(__file__).resolve().parent.parent
"""The folder that holds ``models/``; the root of a checkout."""

Security = Literal["tls", "starttls", "plain"]
DeskRole = Literal["rep", "point", "supervisor", "specialist", "manager", "admin"]


def _mail_address(text: str) -> str:
    address = parseaddr(text)[1]
    if text and ("@" not in address or any(c in text for c in "\r\n")):
        raise ValueError('must be a mail address such as "Pat Point <pat@example.org>"')
    return text


Address = Annotated[str, AfterValidator(_mail_address)]


def person(address: str) -> Person:
    """``"Pat <pat@example.org>"`` as a ``Person``."""
    return Person(*parseaddr(address))


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Section):
    """A password or token: given outright (environment), or read from a file at each use."""

    password: SecretStr | None = None
    password_file: Path | None = None

    def secret(self) -> str:
        """The secret now, so that one renewed on disk is taken up at the next connection.

        Raises ``ConfigError`` when the file cannot be read.
        """
        if self.password_file is not None:
            try:
                return self.password_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"password_file {self.password_file}: {error}") from None
        return self.password.get_secret_value() if self.password else ""


class Mailbox(Secret):
    """One mailbox to watch. ``path`` belongs to the kinds that lie on disk."""

    kind: Literal["imap", "maildir", "mbox", "eml"] = "imap"
    host: str = ""
    port: int | None = Field(None, ge=1, le=65535)
    security: Security = "tls"
    auth: Literal["password", "xoauth2"] = "password"
    user: str = ""
    ca_file: Path | None = None
    path: Path | None = None
    folders: tuple[str, ...] = ("INBOX",)
    since: date | datetime | Literal["now"] = "now"
    idle: bool = True
    poll_seconds: float | None = Field(None, ge=0.1, le=3600)
    max_bytes: int = Field(10 * 2**20, ge=64 * 2**10)
    flag_keyword: str = ""
    flag_folder: str = ""
    flag_by_hand_keyword: str = ""
    help_keyword: str = ""
    flag_by_hand_folder: str = ""
    help_folder: str = ""

    @model_validator(mode="after")
    def _asked_apart(self) -> Self:
        """What people ask by may not be what we mark or watch."""
        if self.kind != "imap" and (self.flag_by_hand_keyword or self.help_keyword):
            raise ValueError("flag_by_hand_keyword and help_keyword work with IMAP only")
        if self.kind in {"mbox", "eml"} and (self.flag_by_hand_folder or self.help_folder):
            raise ValueError("flag_by_hand_folder and help_folder need kind imap or maildir")
        asking = [one for one in (self.flag_by_hand_folder, self.help_folder) if one]
        if len({*asking, *self.folders, self.flag_folder}) < len(
            [*asking, *set(self.folders), self.flag_folder]
        ):
            raise ValueError(
                "flag_by_hand_folder and help_folder must differ from each other, from folders "
                "and from flag_folder"
            )
        return self

    @property
    def pace(self) -> float:
        """Seconds between two looks: a server's IDLE tells of most mail, a folder never does."""
        return self.poll_seconds or (30.0 if self.kind == "imap" else 2.0)


class Smtp(Secret):
    host: str = "localhost"
    port: int | None = Field(None, ge=1, le=65535)
    security: Security = "starttls"
    user: str = ""
    ca_file: Path | None = None
    timeout_seconds: float = Field(30, gt=0, le=600)


class Desk(Section):
    """Who is told, and which mail is our own."""

    name: str = "Help desk"
    sender: Address = "Triage <triage@localhost>"
    point: tuple[Address, ...] = ()
    manager: Address = ""
    operator: Address = ""
    own_addresses: tuple[Address, ...] = ()
    flag_address: Address = ""
    help_address: Address = ""
    by_hand_severity: Severity = Severity.NORMAL


class Reading(Section):
    case_presets: tuple[str, ...] = (
        "rt",
        "zammad",
        "otrs",
        "jira",
        "zendesk",
        "salesforce",
        "case",
    )
    case_patterns: tuple[str, ...] = ()
    authserv_id: str = ""


class Oidc(Section):
    """Signing in with an OpenID provider. ``roles`` maps what ``roles_claim`` holds there to the
    desk's roles; without it an account keeps the roles that it was given here."""

    name: str = "single sign-on"
    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    client_secret_file: Path | None = None
    ca_file: Path | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    roles_claim: str = "groups"
    roles: dict[str, tuple[DeskRole, ...]] = {}
    allowed_domains: tuple[str, ...] = ()
    auto_create: bool = False

    def secret(self) -> str:
        """The client's secret now. Raises ``ConfigError`` when the file cannot be read."""
        return Secret(password=self.client_secret, password_file=self.client_secret_file).secret()


class Web(Section):
    host: str = "127.0.0.1"
    port: int = Field(8420, ge=0, le=65535)
    url: str = ""
    idle_minutes: int = Field(12 * 60, ge=5, le=60 * 24 * 30)
    session_hours: int = Field(7 * 24, ge=1, le=24 * 90)
    oidc: Oidc | None = None
    webhooks_private: bool = False

    @property
    def base_url(self) -> str:
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def idle(self) -> timedelta:
        """How long a session lasts that nobody uses."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def session_lasts(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=self.session_hours)


class Settings(BaseSettings):
    """Everything an operator sets; see ``triage init`` for the file with its comments."""

    model_config = SettingsConfigDict(
        env_prefix="TRIAGE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data: Path = Path("triage-data")
    database_url: SecretStr = SecretStr("")
    model: Path | None = None
    policy: Path | None = None
    duty: Path | None = None
    complaints: Path | None = None
    drafts: Path | None = None
    guidance: Path | None = None
    log: Literal["debug", "info", "warning", "error"] = "info"
    score_threads: int = Field(0, ge=0, le=256)
    desk: Desk = Desk()
    reading: Reading = Reading()
    smtp: Smtp = Smtp()
    web: Web = Web()
    mailboxes: dict[str, Mailbox] = {}

    @property
    def models(self) -> Path:
        return HOUSE / "models"

    @property
    def own_addresses(self) -> frozenset[str]:
        addresses = (self.desk.sender, *self.desk.own_addresses)
        return frozenset(parseaddr(address)[1].lower() for address in addresses)


def load(path: Path | None = None) -> Settings:
    """Read ``path``, else ``TRIAGE_CONFIG``, else ``./triage.toml`` when there, else defaults.

    ``TRIAGE_*`` wins over the file. Relative paths in the file are taken from its folder.
    Raises ``ConfigError`` naming each wrong key.
    """
    chosen = path or _path_from_environment()
    if chosen is not None and not chosen.is_file():
        raise ConfigError(f"{chosen}: no such file; `triage init` writes one")
    source = chosen or Path("triage.toml")
    _refuse_unknown(os.environ)
    try:
        settings = _settings_from(source)()
    except ValidationError as error:
        raise ConfigError(_in_words(error, source)) from None
    except (ValueError, OSError) as error:  # TOML syntax, undecodable environment
        raise ConfigError(f"{source}: {error}") from None
    return _anchored(settings, source.parent)


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """A misspelt variable would be passed over in silence; below the first level pydantic sees
    to it."""
    known = {f"TRIAGE_{name}".upper() for name in (*Settings.model_fields, "config")}
    unknown = [
        name
        for name in environment
        if name.upper().startswith("TRIAGE_") and name.upper().split("__")[0] not in known
    ]
    if unknown:
        raise ConfigError(f"environment: no such setting: {', '.join(sorted(unknown))}")


def _path_from_environment() -> Path | None:
    named = os.environ.get("TRIAGE_CONFIG")
    return Path(named) if named else None


def _settings_from(path: Path) -> type[Settings]:
    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return env_settings, TomlConfigSettingsSource(settings_cls, path)

    return FromFile


def _in_words(error: ValidationError, path: Path) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        key = ".".join(str(part) for part in problem["loc"])
        lines.append(f"{key}: {_reason(problem['type'], problem['msg'])}")
    return "\n".join([f"{path} or TRIAGE_*: {len(lines)} wrong", *lines])


def _reason(kind: str, message: str) -> str:
    return "no such setting" if kind == "extra_forbidden" else message.removeprefix("Value error, ")


def _anchored(settings: Settings, base: Path) -> Settings:
    """Settings with every relative path taken from the file's folder, not the current one."""

    def anchor(value: object) -> object:
        if isinstance(value, Path):
            return base / value.expanduser()
        if isinstance(value, dict):
            return {key: anchor(item) for key, item in value.items()}
        if isinstance(value, BaseModel):
            names = type(value).model_fields
            changed = {name: anchor(getattr(value, name)) for name in names}
            return value.model_copy(update=changed)
        return value

    anchored = anchor(settings)
    assert isinstance(anchored, Settings)
    return anchored
