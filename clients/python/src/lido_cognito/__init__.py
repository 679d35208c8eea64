"""Starts Lido, a server that answers like Amazon Cognito user pools, in tests.

`Lido.start()` starts the binary on a free port and stops it at the end of a `with` block; the pytest fixtures are in
`lido_cognito.pytest_plugin`, which pytest finds by itself.
"""

from .clock import Clock
from .errors import BinaryNotFoundError, LidoError, NoMessageError, OperationError, StartError
from .faults import Fault
from .lido import Lido
from .messages import Message
from .pool import Pool

__all__ = [
    "BinaryNotFoundError",
    "Clock",
    "Fault",
    "Lido",
    "LidoError",
    "Message",
    "NoMessageError",
    "OperationError",
    "Pool",
    "StartError",
]
