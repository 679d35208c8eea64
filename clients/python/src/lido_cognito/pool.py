"""A user pool with an app client, as a test uses it."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Optional, Union

from . import http
from .control import control
from .errors import LidoError
from .messages import Message

if TYPE_CHECKING:
    from .lido import Lido

DEFAULT_POOL: Mapping[str, Any] = {"PoolName": "test", "AutoVerifiedAttributes": ["email"]}
"""The members of CreateUserPool unless a test gives others."""

DEFAULT_CLIENT: Mapping[str, Any] = {
    "ClientName": "test",
    "ExplicitAuthFlows": [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ],
}
"""The members of CreateUserPoolClient unless a test gives others."""


def attribute_text(value: Union[str, bool, int]) -> str:
    """Returns the value of an attribute as the API has it, which knows texts only."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Pool:
    """A user pool with an app client."""

    def __init__(self, lido: Lido, id: str, client_id: str, client_secret: Optional[str]) -> None:
        self.lido = lido
        """The server of the pool."""
        self.id = id
        """The id of the user pool."""
        self.client_id = client_id
        """The id of the app client."""
        self.client_secret = client_secret
        """The secret of the app client, if it was created with `GenerateSecret`."""

    def __repr__(self) -> str:
        return f"<Pool {self.id}>"

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Calls an operation about this pool: as `Lido.call`, with `UserPoolId`."""
        return self.lido.call(operation, UserPoolId=self.id, **members)

    def create_user(
        self,
        username: str,
        password: Optional[str] = None,
        attributes: Optional[Mapping[str, Union[str, bool, int]]] = None,
    ) -> str:
        """Creates a user and returns its `sub`. No message is sent.

        With a password the user is confirmed. Without one, `tokens_for` signs the user in. An address is verified, which
        recovery wants, if the attributes say so: `{"email": "mary@example.com", "email_verified": True}`.
        """
        pairs = [{"Name": name, "Value": attribute_text(value)} for name, value in (attributes or {}).items()]
        created = self.call(
            "AdminCreateUser", Username=username, UserAttributes=pairs, MessageAction="SUPPRESS"
        )["User"]
        if password is not None:
            self.call("AdminSetUserPassword", Username=created["Username"], Password=password, Permanent=True)
        sub: str = next(pair["Value"] for pair in created["Attributes"] if pair["Name"] == "sub")
        return sub

    def sign_in(self, username: str, password: str) -> dict[str, Any]:
        """Signs a user in and returns the `AuthenticationResult`: `AccessToken`, `IdToken`, `RefreshToken` and more.

        The app client must have `ALLOW_ADMIN_USER_PASSWORD_AUTH`, as those of `create_pool` do. Raises `OperationError` if
        the server refuses it, and `LidoError` if it asks for another factor; such a sign-in is a test's own.
        """
        parameters = {"USERNAME": username, "PASSWORD": password}
        if self.client_secret is not None:
            parameters["SECRET_HASH"] = self.secret_hash(username)
        answer = self.call(
            "AdminInitiateAuth",
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters=parameters,
        )
        if "AuthenticationResult" not in answer:
            raise LidoError(f"signing {username} in leads to the challenge {answer.get('ChallengeName')}")
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    def tokens_for(self, user: str) -> dict[str, Any]:
        """Signs a user in without a password or a second factor, and returns what `sign_in` does.

        The user is named by username, `sub` or alias. The tokens are those of a sign-in, and triggers are called.
        """
        body = {"clientId": self.client_id}
        path = ("pools", self.id, "users", user, "tokens")
        tokens: dict[str, Any] = control(self.lido.endpoint_url, "POST", *path, body=body)
        # As the API writes them.
        return {name[0].upper() + name[1:]: value for name, value in tokens.items()}

    def secret_hash(self, username: str) -> str:
        """Returns the `SecretHash` of a user, which requests of an app client with a secret contain."""
        if self.client_secret is None:
            raise LidoError("the app client has no secret; create the pool with client={'GenerateSecret': True}")
        text = (username + self.client_id).encode()
        return base64.b64encode(hmac.digest(self.client_secret.encode(), text, "sha256")).decode()

    def messages(self, user: Optional[str] = None) -> list[Message]:
        """Returns the messages of the pool, or those to one user of it, the newest first.

        The user is named by username, `sub`, alias, mail address or phone number.
        """
        return self.lido.messages(user_pool_id=self.id, username=user)

    def message_for(self, user: str, *, timeout: float = 5.0) -> Message:
        """Returns the newest message to a user of the pool, each once: as `Lido.message_for`."""
        return self.lido.message_for(user, user_pool_id=self.id, timeout=timeout)

    def code_for(self, user: str, *, timeout: float = 5.0) -> str:
        """Returns the code of the newest message to a user of the pool, each once: as `Lido.code_for`."""
        return self.lido.code_for(user, user_pool_id=self.id, timeout=timeout)

    def openid_configuration(self) -> dict[str, Any]:
        """Returns what a verifier of tokens needs: `issuer`, `jwks_uri` and more."""
        status, answer = http.request(
            self.lido.endpoint_url, "GET", f"/{self.id}/.well-known/openid-configuration"
        )
        if status != 200:
            raise LidoError(f"the configuration of the pool cannot be read: {answer}")
        configuration: dict[str, Any] = answer
        return configuration

    def delete(self) -> None:
        """Deletes the pool with all that belongs to it."""
        self.call("DeleteUserPool")
