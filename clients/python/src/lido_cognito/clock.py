"""The test clock of a server."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from . import http
from .errors import LidoError
from .messages import parse_time


class Clock:
    """The clock of a server. It runs, and can be set forward, so that codes, sessions and tokens expire in a test.

    AWS signatures are compared with the real clock, so clients can still sign requests.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> datetime:
        """Sets the clock forward and returns its time: `advance(90)`, `advance(hours=1, minutes=30)`."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if by < timedelta(0) or by.microseconds:
            raise ValueError(f"the clock goes forward by whole seconds, not by {by.total_seconds():g}")
        body = json.dumps({"advanceSeconds": by // timedelta(seconds=1)}).encode()
        status, answer = http.request(self._endpoint, "POST", "/_lido/clock", body)
        if status != 200:
            raise LidoError(f"the clock was not set: {answer.get('message', status)}")
        return parse_time(answer["now"])

    def now(self) -> datetime:
        """Returns the time of the clock."""
        return self.advance(0)
