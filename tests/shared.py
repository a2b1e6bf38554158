"""Where the data beside the project lies, if it is there."""

import os
from pathlib import Path

_BESIDE = Path(
    os.environ.get("SHARED_DATA") or Path(__file__).resolve().parent.parent.parent / "shared"
)

SHARED: Path | None = _BESIDE if _BESIDE.is_dir() else None
