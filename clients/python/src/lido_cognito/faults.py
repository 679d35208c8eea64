"""Faults on demand: requests that go wrong, so that a test sees what the app does."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Optional

from .control import control


class Fault:
    """A fault of a server: use it as a context manager, or call `clear`."""

    def __init__(self, endpoint: str, id: str) -> None:
        self._endpoint = endpoint
        self.id = id
        """The id of the fault."""

    @property
    def hits(self) -> int:
        """How many requests it has struck."""
        hits: int = control(self._endpoint, "GET", "faults", self.id)["hits"]
        return hits

    def clear(self) -> None:
        """Ends the fault. Does nothing if it was ended."""
        faults: list[dict[str, Any]] = control(self._endpoint, "GET", "faults")["faults"]
        if any(fault["id"] == self.id for fault in faults):
            control(self._endpoint, "DELETE", "faults", self.id)

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.clear()

    def __repr__(self) -> str:
        return f"<Fault {self.id}>"
