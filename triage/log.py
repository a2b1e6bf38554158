"""Log lines: a constant message plus fields; never mail text, never a secret."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Readable lines on a terminal, JSON lines elsewhere; all on standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = _renderer()
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    # Libraries speak up when something is wrong; their everyday chatter stays out.
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def _renderer() -> list[structlog.types.Processor]:
    if sys.stderr.isatty():
        return [structlog.dev.ConsoleRenderer(exception_formatter=_plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


_plain = structlog.dev.plain_traceback
"""Tracebacks without local variables: those hold mail text."""
