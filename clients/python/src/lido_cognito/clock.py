"""The test clock of a server."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .control import control
from .messages import parse_time


class Clock:
    """The clock of a server. It runs, and can be set, so that codes, sessions and tokens expire in a test.

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
        body = {"advanceSeconds": by // timedelta(seconds=1)}
        return parse_time(control(self._endpoint, "POST", "clock", body=body)["now"])

    def set(self, now: datetime) -> datetime:
        """Sets the clock to an instant, also to an earlier one, and returns its time."""
        if now.tzinfo is None:
            raise ValueError(f"the instant {now} needs a time zone, such as timezone.utc")
        text = now.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
        return parse_time(control(self._endpoint, "PUT", "clock", body={"now": text})["now"])

    def reset(self) -> datetime:
        """Sets the clock back to the real time and returns it."""
        return parse_time(control(self._endpoint, "DELETE", "clock")["now"])

    def now(self) -> datetime:
        """Returns the time of the clock."""
        return parse_time(control(self._endpoint, "GET", "clock")["now"])
