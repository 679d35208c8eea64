"""A running server, as a test uses it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Optional, Union

from . import http
from .clock import Clock
from .control import control
from .errors import NoMessageError, OperationError
from .faults import Fault
from .messages import Message
from .pool import DEFAULT_CLIENT, DEFAULT_POOL, Pool
from .process import START_TIMEOUT, Process, find_binary

MAX_WAIT = 20.0
"""The seconds that one request waits for a message: fewer than a request may take."""


class Lido:
    """A running server. Use it as a context manager, or call `stop`."""

    def __init__(self, process: Process, credentials: http.Credentials) -> None:
        self._process = process
        self._credentials = credentials
        self._returned: set[str] = set()
        self.endpoint_url: str = process.endpoint
        """The address of the server, such as `http://127.0.0.1:41705`."""
        self.region: str = process.region
        """The AWS Region of the server."""
        self.clock = Clock(process.endpoint)
        """The test clock."""

    @classmethod
    def start(
        cls,
        binary: Union[str, os.PathLike[str], None] = None,
        *,
        access_key_id: str = "dev",
        secret_access_key: str = "dev",
        timeout: float = START_TIMEOUT,
        **options: Any,
    ) -> Lido:
        """Starts `lido dev` on a free port and waits until it serves.

        The binary is `binary`, the one that the environment variable `LIDO_BINARY` names, or `lido` on `PATH`. Other
        keyword arguments are options of `lido dev`: `confirmation_code="123456"` is `--confirmation-code 123456`, and
        `seed="seed.toml"` starts with the pools and users of a seed file. The
        store is in memory unless `store` is given. The credentials sign requests; the server accepts any, unless the
        option `credentials` is given.

        Raises `BinaryNotFoundError` if there is no binary, and `StartError` with the server's own output if it does
        not start within `timeout` seconds.
        """
        process = Process(find_binary(binary), options, timeout)
        return cls(process, http.Credentials(access_key_id, secret_access_key))

    def stop(self) -> None:
        """Stops the server and waits for its end."""
        self._process.stop()

    def __enter__(self) -> Lido:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Lido {self.endpoint_url}>"

    @property
    def access_key_id(self) -> str:
        """The id of an AWS access key that the server accepts."""
        return self._credentials.access_key_id

    @property
    def secret_access_key(self) -> str:
        """The secret of that key."""
        return self._credentials.secret_access_key

    @property
    def client_options(self) -> dict[str, str]:
        """The arguments that point boto3 at the server: `boto3.client("cognito-idp", **lido.client_options)`."""
        return {
            "endpoint_url": self.endpoint_url,
            "region_name": self.region,
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point recent AWS SDKs and the AWS CLI at the server, for this service alone."""
        return {
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
        }

    def log(self, after: int = 0) -> str:
        """Returns what the server has printed so far, without the first `after` bytes."""
        return self._process.log(after)

    def log_size(self) -> int:
        """Returns the number of bytes that the server has printed so far, for `log` later."""
        return self._process.log_size()

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Calls an operation: `lido.call("AdminGetUser", UserPoolId=pool.id, Username="mary")`.

        Needs no SDK. Raises `OperationError` if the server refuses it.
        """
        body = json.dumps(members).encode()
        headers = http.operation_headers(self.endpoint_url, self.region, self._credentials, operation, body)
        status, answer = http.request(self.endpoint_url, "POST", "/", body, headers)
        if status != 200:
            code = answer.get("__type", "UnknownError").rpartition("#")[2]
            raise OperationError(operation, status, code, answer.get("message", ""))
        output: dict[str, Any] = answer
        return output

    def create_pool(
        self, pool: Optional[Mapping[str, Any]] = None, client: Optional[Mapping[str, Any]] = None
    ) -> Pool:
        """Creates a user pool with an app client.

        `pool` has members of CreateUserPool and `client` members of CreateUserPoolClient; they override those of
        `lido_cognito.pool.DEFAULT_POOL` and `DEFAULT_CLIENT`.
        """
        created = self.call("CreateUserPool", **{**DEFAULT_POOL, **(pool or {})})["UserPool"]
        settings = {**DEFAULT_CLIENT, **(client or {}), "UserPoolId": created["Id"]}
        app = self.call("CreateUserPoolClient", **settings)["UserPoolClient"]
        return Pool(self, created["Id"], app["ClientId"], app.get("ClientSecret"))

    def pool(self, id: str, client_id: str, client_secret: Optional[str] = None) -> Pool:
        """Returns a user pool with an app client that exist, such as those of a seed file."""
        return Pool(self, id, client_id, client_secret)

    def messages(
        self,
        *,
        user_pool_id: Optional[str] = None,
        username: Optional[str] = None,
        to: Optional[str] = None,
    ) -> list[Message]:
        """Returns the messages to users, the newest first. The server keeps the last 1,000.

        `username` is whatever names the user: a username, `sub`, alias, mail address or phone number.
        """
        return self._messages(userPoolId=user_pool_id, username=username, to=to)[0]

    def _messages(self, **query: Optional[str]) -> tuple[list[Message], str]:
        """Returns messages, the newest first, and the cursor after which later ones arrive."""
        page = control(self.endpoint_url, "GET", "messages", query=query)
        return [Message.from_json(message) for message in page["messages"]], page["cursor"]

    def message_for(self, user: str, *, user_pool_id: Optional[str] = None, timeout: float = 5.0) -> Message:
        """Returns the newest message to a user, named by username, `sub`, alias, mail address or phone number.

        Each message is returned once, so that a test that asks for a second one does not get the first again. Waits for
        at most `timeout` seconds, because some operations answer before their message is sent, and then raises
        `NoMessageError`.
        """
        deadline = time.monotonic() + timeout
        after: Optional[str] = None
        while True:
            left = min(max(deadline - time.monotonic(), 0), MAX_WAIT)
            sent, after = self._messages(
                userPoolId=user_pool_id, username=user, after=after, wait=f"{left * 1000:.0f}ms"
            )
            new = [message for message in sent if message.id not in self._returned]
            if new:
                # Those before it are superseded.
                self._returned.update(message.id for message in new)
                return new[0]
            if time.monotonic() >= deadline:
                to_user = self.messages(user_pool_id=user_pool_id, username=user)
                raise NoMessageError(no_message(user, timeout, self.messages(user_pool_id=user_pool_id), to_user))

    def code_for(self, user: str, *, user_pool_id: Optional[str] = None, timeout: float = 5.0) -> str:
        """Returns the code of the newest message to a user, each once: that of `message_for`."""
        return self.message_for(user, user_pool_id=user_pool_id, timeout=timeout).code

    def fault(
        self,
        effect: str,
        operation: Optional[str] = None,
        *,
        error: Optional[str] = None,
        message: Optional[str] = None,
        delay: Optional[str] = None,
        count: Optional[int] = None,
        probability: Optional[float] = None,
    ) -> Fault:
        """Lets requests go wrong until the fault is cleared: `with lido.fault("throttle", "SignUp", count=1): …`.

        `effect` is `throttle`, `error` with the name of one in `error`, `delay` with a time such as `2s`, or
        `loseMessages`. Without an operation it strikes every one; `count` and `probability` limit it.
        """
        rule = {"effect": effect, "operation": operation, "error": error, "message": message, "delay": delay}
        limits = {"count": count, "probability": probability}
        fault = control(self.endpoint_url, "POST", "faults", body={**rule, **limits})
        return Fault(self.endpoint_url, fault["id"])

    def reset(self) -> None:
        """Deletes all pools, messages and faults, sets the clock back, and seeds again if it was started with a seed."""
        control(self.endpoint_url, "POST", "reset")
        self._returned.clear()


def no_message(user: str, timeout: float, sent: list[Message], to_user: list[Message]) -> str:
    """Returns the text for a message that did not come."""
    if to_user:
        returned = ", ".join(f"{message.code} ({message.trigger})" for message in to_user[:5])
        return f"no new message to {user} within {timeout:g} seconds; already returned: {returned}"
    others = sorted({f"{message.username} ({message.to})" for message in sent})[:5]
    others_text = f"there are messages to {', '.join(others)}" if others else "the inbox is empty"
    return f"no message to {user} within {timeout:g} seconds; {others_text}"
