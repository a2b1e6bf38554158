"""TOML files that people write: reading them, and saying where something in them is wrong."""

from triage.tomlfile.lines import Path, line_at, lines_of
from triage.tomlfile.places import Places, in_words
from triage.tomlfile.read import LARGEST, TomlFile, read_toml

__all__ = ["LARGEST", "Path", "Places", "TomlFile", "in_words", "line_at", "lines_of", "read_toml"]
