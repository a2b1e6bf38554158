"""Public holidays of a country or a part of it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose holidays count: ISO 3166 codes, as ``DE`` and ``BE``. No country: no holidays."""

    country: str = ""
    subdivision: str = ""

    def holiday(self, day: date) -> str:
        """The holiday's name in the country's language, empty on other days."""
        if not self.country:
            return ""
        return _year(self.country, self.subdivision, day.year).get(day, "")


NO_HOLIDAYS = Calendar()


def checked(country: str, subdivision: str) -> Calendar:
    """Raises ``ValueError`` for a country or subdivision whose holidays are not known."""
    if subdivision and not country:
        raise ValueError("a subdivision needs its country")
    if country:
        try:
            _year(country, subdivision, 2026)
        except NotImplementedError:
            named = f"{country}-{subdivision}" if subdivision else country
            raise ValueError(f"the holidays of {named!r} are not known") from None
    return Calendar(country, subdivision)


@lru_cache(maxsize=512)
def _year(country: str, subdivision: str, year: int) -> dict[date, str]:
    return dict(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
