"""Trainings side by side: each is a process with threads of its own, so each is repeatable."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from typing import TypeVar

from training.config import Config

Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(
    train: Callable[[Config, Given], Made], config: Config, each: Iterable[Given]
) -> list[Made]:
    """What ``train`` makes of each, ``config.processes`` at a time. Raises what one raises."""
    with ProcessPoolExecutor(config.processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(train, repeat(config), each))
