"""The errors of this package."""

from __future__ import annotations


class LidoError(Exception):
    """The base of all errors of this package."""


class BinaryNotFoundError(LidoError):
    """There is no binary to start."""


class StartError(LidoError):
    """The server did not start. The text contains what it printed."""


class NoMessageError(LidoError):
    """A message that a test waits for was not sent in time."""


class OperationError(LidoError):
    """The server refused an operation."""

    def __init__(self, operation: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.operation = operation
        """The name of the operation, such as `SignUp`."""
        self.status = status
        """The status of the HTTP response."""
        self.code = code
        """The name of the error, such as `UsernameExistsException`."""
        self.message = message
        """The text of the error."""
