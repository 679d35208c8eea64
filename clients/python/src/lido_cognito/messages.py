"""The messages that the server has sent to users: its inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional


@dataclass(frozen=True)
class Message:
    """A mail or SMS to a user."""

    id: str
    sent_at: datetime
    """The time of sending by the clock of the server."""
    user_pool_id: str
    client_id: Optional[str]
    username: str
    medium: str
    """`EMAIL` or `SMS`."""
    to: str
    """The mail address or phone number."""
    subject: Optional[str]
    body: str
    """The text: HTML for mail, plain for SMS."""
    code: str
    """The code by itself; in an invitation, the temporary password."""
    link: Optional[str]
    """The confirmation link, if the message has one."""
    trigger: str
    """The trigger source of CustomMessage for this message, such as `CustomMessage_SignUp`."""

    @classmethod
    def from_json(cls, message: Mapping[str, Any]) -> Message:
        """Returns the message of an entry of `/_lido/messages`."""
        return cls(
            id=message["id"],
            sent_at=parse_time(message["sentAt"]),
            user_pool_id=message["userPoolId"],
            client_id=message.get("clientId"),
            username=message["username"],
            medium=message["medium"],
            to=message["to"],
            subject=message.get("subject"),
            body=message["body"],
            code=message["code"],
            link=message.get("link"),
            trigger=message["trigger"],
        )


def parse_time(text: str) -> datetime:
    """Parses a time of RFC 3339 in UTC, which Python before 3.11 does not with its `Z`."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
