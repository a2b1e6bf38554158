"""What can go wrong in handing a mail over, told apart by who can mend it."""

import smtplib
import ssl
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from triage.errors import (
    ConfigError,
    DeliveryDeferred,
    DeliveryError,
    DeliveryRefused,
    StoreError,
)
from triage.notify.words import one_line

_WANTS_LOGIN = {530, 534, 535, 538}
_TOO_LARGE = {523, 552}


class NeedsOperator(DeliveryDeferred):
    """Deferred, and waiting alone will not help: login, certificate or port are wrong.

    Nothing is wrong with the notice, so it must not be given up: it goes out by itself once the
    operator has mended the settings.
    """


class Unworded(DeliveryDeferred):
    """The program goes wrong over a notice's words. Says what kind of error and where, never its
    text, which may quote the mail."""

    def __init__(self, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{PurePath(last.filename).name}, line {last.lineno}"
        super().__init__(f"it cannot be put into words: {type(error).__name__} ({where})")


class ContentRefused(DeliveryRefused):
    """The server took sender and recipient and refused the content: its size, or what a filter
    saw in it. Without the attached original it may pass."""


def refusal(step: str, code: int, answer: bytes) -> DeliveryError:
    """The error for a server's answer to a step (MAIL, RCPT, DATA, ...)."""
    text = f"{step}: {in_words(code, answer)}"
    if code in _WANTS_LOGIN:
        return NeedsOperator(text)
    if not 500 <= code <= 599:
        return DeliveryDeferred(text)
    if step == "DATA" or (step == "MAIL" and code in _TOO_LARGE):
        return ContentRefused(text)
    return DeliveryRefused(text)


def in_words(code: int, answer: bytes | str) -> str:
    """A server's answer on one line of bounded length."""
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    return f"{code} {one_line(text, 200)}".rstrip()


@contextmanager
def worded() -> Iterator[None]:
    """Every way in which putting a notice into words fails, as a ``DeliveryError``; that the
    database is away stays a ``StoreError``."""
    try:
        yield
    except (DeliveryError, StoreError):
        raise
    except ConfigError as error:
        raise NeedsOperator(str(error)) from error
    except Exception as error:
        raise Unworded(error) from error


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Every way in which connecting, logging in and talking fail, as a ``DeliveryError``."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        raise DeliveryDeferred(f"{server} ended the connection: {_brief(error)}") from error
    except smtplib.SMTPResponseException as error:
        raise _unwilling(server, error) from error
    except smtplib.SMTPException as error:  # STARTTLS, a login or its method is not there
        raise NeedsOperator(f"{server} does not offer what is asked: {_brief(error)}") from error
    except ssl.SSLCertVerificationError as error:
        reason = one_line(error.verify_message, 150)
        raise NeedsOperator(f"{server} shows a certificate not trusted: {reason}") from error
    except ssl.SSLError as error:
        raise NeedsOperator(f"{server} and we agree on no TLS: {_brief(error)}") from error
    except TimeoutError as error:
        raise DeliveryDeferred(f"{server} did not answer in time") from error
    except ConfigError as error:
        raise NeedsOperator(str(error)) from error
    except ValueError as error:
        raise NeedsOperator(f"{server}: {_brief(error)}") from error
    except OSError as error:
        raise DeliveryDeferred(f"{server} cannot be reached: {_brief(error)}") from error


def _unwilling(server: str, error: smtplib.SMTPResponseException) -> DeliveryError:
    """An answer before there was a mail to refuse: for the operator if it is final."""
    answer = in_words(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        server = f"{server} refuses the login"
    final = 500 <= error.smtp_code <= 599
    return (NeedsOperator if final else DeliveryDeferred)(f"{server}: {answer}")


def _brief(error: Exception) -> str:
    return one_line(str(error), 200) or type(error).__name__
