"""Requests to a server, with the standard library alone.

Proxies of the environment are not used: the server is on this machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timezone
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .errors import LidoError

TIMEOUT = 30.0
"""The seconds that a request may take."""

SERVICE = "cognito-idp"
TARGET = "AWSCognitoIdentityProviderService"


class Credentials(NamedTuple):
    """AWS credentials."""

    access_key_id: str
    secret_access_key: str


def request(
    endpoint: str, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}
) -> tuple[int, Any]:
    """Sends a request and returns the status and the JSON of the response."""
    connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=TIMEOUT)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        text = response.read()
    except (OSError, HTTPException) as error:
        raise LidoError(f"the server at {endpoint} does not respond: {error}") from error
    finally:
        connection.close()
    try:
        return response.status, json.loads(text) if text else {}
    except ValueError as error:
        raise LidoError(f"{method} {path}: the response of {endpoint} is not JSON: {text!r}") from error


def is_healthy(endpoint: str) -> bool:
    """Returns whether the server and its store respond."""
    try:
        return request(endpoint, "GET", "/_lido/health")[0] == 200
    except LidoError:
        return False


def operation_headers(
    endpoint: str, region: str, credentials: Credentials, operation: str, body: bytes
) -> dict[str, str]:
    """Returns the headers of an operation, with its AWS signature (Signature Version 4)."""
    time = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": urlsplit(endpoint).netloc,
        "x-amz-date": time,
        "x-amz-target": f"{TARGET}.{operation}",
    }
    names = ";".join(headers)
    canonical = "\n".join(
        ["POST", "/", "", *(f"{name}:{value}" for name, value in headers.items()), "", names, digest(body)]
    )
    scope = f"{time[:8]}/{region}/{SERVICE}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", time, scope, digest(canonical.encode())])
    key = b"AWS4" + credentials.secret_access_key.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
