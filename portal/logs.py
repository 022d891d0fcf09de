"""Logging: the event is a constant word, facts are keywords; JSON lines in production."""

import logging
from typing import Any

import structlog

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]


def configure(options: dict[str, Any]) -> None:
    """Send standard-library and structlog records to standard error in one shape."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not options["json"]:
        renderer = structlog.dev.ConsoleRenderer(
            colors=False,
            # Never the values of local variables: they hold people's data and keys.
            exception_formatter=structlog.dev.plain_traceback,
        )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=SHARED))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options["level"])
    for chatty in ("httpx", "axes"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
