"""Pictures of every page of the desk, for the manual: ``make screenshots``.

python -m tests.screenshots docs/screens
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.believable import Believable
from tests.desk_pages import PAGES, SET_UP, come_in, forget_accounts, listens, profile
from tests.servers.browser import RunningDesk, chromium, running_desk
from triage.store import Database

MAIN = ("queue", "case", "trends", "manager", "rota")
"""Pages taken on a phone and in the dark too."""
TALLEST = 1600
COLOURS = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="triage-") as scratch:
        database = Database.open("", Path(scratch))
        try:
            with (
                chromium() as browser,
                running_desk(database, "mood-1.2") as desk,
                _page(browser, 1280, "light") as page,
            ):
                _take(page, f"{desk.url}/sign-in", folder / "sign-in.png")
                come_in(page, desk)
                _take(page, desk.url, folder / "queue-empty.png")
                forget_accounts(database)
                _take(page, desk.url + SET_UP, folder / "set-up.png")
            work = Believable(database, Path(scratch), datetime.now(UTC))
            work.fill()
            with (
                chromium() as browser,
                running_desk(database, work.model, work.caseload, work.thresholds, "pat") as desk,
            ):
                _all(browser, desk, work.cases, folder)
        finally:
            database.close()


def _all(browser: Browser, desk: RunningDesk, cases: dict[str, int], folder: Path) -> None:
    for width, scheme, suffix in (
        (1280, "light", ""),
        (390, "light", "-phone"),
        (1280, "dark", "-dark"),
    ):
        with _page(browser, width, scheme) as page:
            come_in(page, desk)
            for name, path in PAGES.items():
                if not suffix or name in MAIN:
                    _take(page, desk.url + path.format(**cases), folder / f"{name}{suffix}.png")


@contextmanager
def _page(browser: Browser, width: int, scheme: str) -> Iterator[Page]:
    with profile(
        browser,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    ) as context:
        yield context.new_page()


def _take(page: Page, url: str, target: Path) -> None:
    """The page as far as it is worth looking at, in few colours."""
    page.goto(url)
    listens(page)
    picture = Image.open(BytesIO(page.screenshot(full_page=True)))
    cut = picture.crop((0, 0, picture.width, min(picture.height, TALLEST))).convert("RGB")
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.name:28}{target.stat().st_size / 1000:7.1f} KB")


if __name__ == "__main__":
    main()
