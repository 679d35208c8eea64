"""Requests to `/_lido/`, by which a test controls its server: docs/control.md in the repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Optional
from urllib.parse import quote, urlencode

from . import http
from .errors import LidoError


def control(
    endpoint: str,
    method: str,
    *segments: str,
    query: Optional[Mapping[str, Optional[str]]] = None,
    body: Optional[Mapping[str, Any]] = None,
) -> Any:
    """Sends a request to a path of `/_lido/`, without the members that are `None`, and returns its answer.

    Raises `LidoError` with the text of the server if it refuses.
    """
    path = "/_lido/" + "/".join(quote(segment, safe="") for segment in segments)
    given = {name: value for name, value in (query or {}).items() if value is not None}
    if given:
        path += "?" + urlencode(given)
    members = {name: value for name, value in (body or {}).items() if value is not None}
    text = b"" if body is None else json.dumps(members).encode()
    status, answer = http.request(endpoint, method, path, text)
    if status not in (200, 201):
        reason = answer.get("message", status) if isinstance(answer, dict) else status
        raise LidoError(f"{method} {path} was refused: {reason}")
    return answer
