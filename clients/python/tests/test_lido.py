"""A server without pytest's fixtures: starting, calling, the inbox, the clock, stopping."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from lido_cognito import Lido, LidoError, NoMessageError, OperationError, Pool

PASSWORD = "Correct-Horse-1"


@pytest.fixture(scope="module")
def server() -> Iterator[Lido]:
    with Lido.start() as server:
        yield server


@pytest.fixture
def pool(server: Lido) -> Pool:
    return server.create_pool()


def is_listening(server: Lido) -> bool:
    host, port = server.endpoint_url[len("http://"):].split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_server_is_ready_when_start_returns_and_gone_after_the_block() -> None:
    with Lido.start() as server:
        assert is_listening(server)
        assert server.region == "us-east-1"
        assert server.call("ListUserPools", MaxResults=1) == {"UserPools": []}
    assert not is_listening(server)
    with pytest.raises(LidoError, match="does not respond"):
        server.messages()
    server.stop()


def test_options_are_those_of_the_command_line() -> None:
    with Lido.start(region="eu-west-1", confirmation_code="123456", log="debug", log_format="json") as server:
        pool = server.create_pool()
        assert (server.region, pool.id[:10]) == ("eu-west-1", "eu-west-1_")
        pool.lido.call("SignUp", ClientId=pool.client_id, Username="mary", Password=PASSWORD,
                       UserAttributes=[{"Name": "email", "Value": "mary@example.com"}])
        assert pool.code_for("mary") == "123456"
        assert all(json.loads(line) for line in server.log().splitlines() if line.startswith("{"))
        assert '"INFO"' in server.log()


def test_servers_run_side_by_side() -> None:
    with Lido.start() as one, Lido.start() as other:
        pool = one.create_pool()
        assert one.endpoint_url != other.endpoint_url
        with pytest.raises(OperationError, match="ResourceNotFoundException"):
            other.call("DescribeUserPool", UserPoolId=pool.id)


def test_store_file_survives_the_server(tmp_path: Path) -> None:
    store = f"sqlite:{tmp_path}/lido.db"
    with Lido.start(store=store) as server:
        pool = server.create_pool()
    with Lido.start(store=store) as server:
        assert server.call("DescribeUserPool", UserPoolId=pool.id)["UserPool"]["Name"] == "test"


def test_signature_is_the_one_of_the_credentials(tmp_path: Path) -> None:
    users = {"users": [{"name": "ci", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "secret", "policies": [
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*"}]}]}]}
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps(users))
    key = {"credentials": file, "access_key_id": "AKIAIOSFODNN7EXAMPLE"}
    with Lido.start(**key, secret_access_key="secret") as server:
        assert server.create_pool().id.startswith("us-east-1_")
    with Lido.start(**key, secret_access_key="other") as server:
        with pytest.raises(OperationError, match="signature"):
            server.create_pool()


def test_refused_operation_raises_with_code_and_text(pool: Pool) -> None:
    with pytest.raises(OperationError) as refusal:
        pool.call("AdminGetUser", Username="nobody")
    assert (refusal.value.operation, refusal.value.status) == ("AdminGetUser", 400)
    assert (refusal.value.code, refusal.value.message) == ("UserNotFoundException", "User does not exist.")


def test_log_after_a_mark_is_what_was_printed_since() -> None:
    with Lido.start() as server:
        mark = server.log_size()
        assert server.log(mark) == "" != server.log()
        server.call("ListUserPools", MaxResults=1)
        while "ListUserPools" not in server.log(mark):
            time.sleep(0.01)
        assert server.endpoint_url not in server.log(mark)
    assert "ListUserPools" in server.log(mark)
    assert server.endpoint_url not in server.log(mark)


def test_created_user_signs_in(pool: Pool) -> None:
    sub = pool.create_user("mary", PASSWORD, {"email": "mary@example.com"})
    tokens = pool.sign_in("mary", PASSWORD)
    user = pool.lido.call("GetUser", AccessToken=tokens["AccessToken"])
    assert {"Name": "sub", "Value": sub} in user["UserAttributes"]
    assert pool.messages() == []


def test_attributes_may_be_numbers_and_booleans(server: Lido) -> None:
    schema = [{"Name": "size", "AttributeDataType": "Number", "Mutable": True}]
    pool = server.create_pool(pool={"Schema": schema})
    email = {"email": "mary@example.com", "email_verified": True}
    pool.create_user("mary", PASSWORD, {**email, "custom:size": 7})
    pairs = pool.call("AdminGetUser", Username="mary")["UserAttributes"]
    values = {pair["Name"]: pair["Value"] for pair in pairs}
    assert (values["email_verified"], values["custom:size"]) == ("true", "7")
    server.call("ForgotPassword", ClientId=pool.client_id, Username="mary")
    assert pool.code_for("mary")


def test_client_secret_is_used_to_sign_in(server: Lido) -> None:
    pool = server.create_pool(client={"GenerateSecret": True})
    pool.create_user("mary", PASSWORD)
    assert "IdToken" in pool.sign_in("mary", PASSWORD)
    with pytest.raises(LidoError, match="GenerateSecret"):
        server.create_pool().secret_hash("mary")


def test_sign_in_that_leads_to_a_challenge_is_refused(server: Lido) -> None:
    pool = server.create_pool()
    pool.call("AdminCreateUser", Username="mary", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    with pytest.raises(LidoError, match="NEW_PASSWORD_REQUIRED"):
        pool.sign_in("mary", PASSWORD)


def sign_up(pool: Pool, username: str, email: str) -> None:
    attributes = [{"Name": "email", "Value": email}]
    pool.lido.call(
        "SignUp", ClientId=pool.client_id, Username=username, Password=PASSWORD, UserAttributes=attributes
    )


def test_code_confirms_the_sign_up(pool: Pool) -> None:
    sign_up(pool, "mary", "mary@example.com")
    code = pool.code_for("mary")
    pool.lido.call("ConfirmSignUp", ClientId=pool.client_id, Username="mary", ConfirmationCode=code)
    assert pool.call("AdminGetUser", Username="mary")["UserStatus"] == "CONFIRMED"
    (message,) = pool.messages("mary")
    assert (message.code, message.to, message.medium) == (code, "mary@example.com", "EMAIL")
    assert (message.user_pool_id, message.client_id) == (pool.id, pool.client_id)
    assert (message.trigger, message.link) == ("CustomMessage_SignUp", None)
    assert abs(message.sent_at - pool.lido.clock.now()) < timedelta(minutes=1)


def test_code_is_found_by_address_of_a_user_whose_username_is_an_address(server: Lido) -> None:
    pool = server.create_pool(pool={"UsernameAttributes": ["email"]})
    sign_up(pool, "mary@example.com", "mary@example.com")
    sign_up(pool, "bob@example.com", "bob@example.com")
    code = pool.code_for("mary@example.com")
    assert [message.code for message in pool.messages("mary@example.com")] == [code]


def test_second_code_is_not_the_first_again(pool: Pool) -> None:
    sign_up(pool, "mary", "mary@example.com")
    first = pool.code_for("mary")
    with pytest.raises(NoMessageError, match=f"already returned: {first}"):
        pool.code_for("mary", timeout=0)
    pool.lido.call("ResendConfirmationCode", ClientId=pool.client_id, Username="mary")
    assert pool.code_for("mary") == pool.messages("mary")[0].code
    assert len(pool.messages("mary")) == 2


def test_superseded_code_is_not_returned(pool: Pool) -> None:
    sign_up(pool, "mary", "mary@example.com")
    pool.lido.call("ResendConfirmationCode", ClientId=pool.client_id, Username="mary")
    assert pool.code_for("mary") == pool.messages("mary")[0].code
    with pytest.raises(NoMessageError):
        pool.code_for("mary", timeout=0)


def test_code_that_is_sent_after_the_answer_is_waited_for(server: Lido) -> None:
    pool = server.create_pool(client={"PreventUserExistenceErrors": "ENABLED"})
    pool.create_user("mary", PASSWORD, {"email": "mary@example.com", "email_verified": "true"})
    for _ in range(5):
        server.call("ForgotPassword", ClientId=pool.client_id, Username="mary")
        assert pool.code_for("mary") == pool.messages("mary")[0].code


def test_message_that_is_sent_later_is_waited_for_and_not_longer(pool: Pool) -> None:
    threading.Timer(0.3, sign_up, (pool, "mary", "mary@example.com")).start()
    begun = time.monotonic()
    message = pool.message_for("mary", timeout=25)
    assert (message.to, message.trigger) == ("mary@example.com", "CustomMessage_SignUp")
    assert 0.2 < time.monotonic() - begun < 15
    with pytest.raises(NoMessageError, match="within 0.3 seconds; already returned"):
        pool.code_for("mary", timeout=0.3)


def test_recipient_is_named_by_whatever_names_the_user(server: Lido) -> None:
    pool = server.create_pool(pool={"AliasAttributes": ["preferred_username"]})
    sign_up(pool, "mary", "mary@example.com")
    pairs = pool.call("AdminGetUser", Username="mary")["UserAttributes"]
    sub = next(pair["Value"] for pair in pairs if pair["Name"] == "sub")
    for name in ("mary", "mary@example.com", sub):
        assert len(pool.messages(name)) == 1, name
    assert pool.messages("bob") == []


def test_tokens_are_those_of_a_sign_in(server: Lido) -> None:
    pool = server.create_pool(pool={"MfaConfiguration": "OFF"}, client={"GenerateSecret": True})
    for username, password in (("mary", PASSWORD), ("bob/../x?", None)):
        sub = pool.create_user(username, password)
        tokens = pool.tokens_for(username)
        user = server.call("GetUser", AccessToken=tokens["AccessToken"])
        assert {"Name": "sub", "Value": sub} in user["UserAttributes"]
    assert pool.tokens_for("mary").keys() == pool.sign_in("mary", PASSWORD).keys()
    with pytest.raises(LidoError, match="no such user"):
        pool.tokens_for("nobody")


def test_fault_strikes_until_it_is_cleared(server: Lido, pool: Pool) -> None:
    with server.fault("error", "GetUser", error="ResourceNotFoundException", message="gone") as fault:
        with pytest.raises(OperationError, match="ResourceNotFoundException: gone"):
            server.call("GetUser", AccessToken="a")
        assert fault.hits == 1
        fault.clear()
    pool.create_user("mary", PASSWORD)
    assert server.call("GetUser", AccessToken=pool.tokens_for("mary")["AccessToken"])["Username"] == "mary"
    with pytest.raises(LidoError, match="operation must be the name of an operation"):
        server.fault("throttle", "Nothing")


def test_fault_with_a_count_strikes_so_often(server: Lido, pool: Pool) -> None:
    fault = server.fault("throttle", "DescribeUserPool", count=1)
    with pytest.raises(OperationError, match="TooManyRequestsException"):
        pool.call("DescribeUserPool")
    assert pool.call("DescribeUserPool")["UserPool"]["Id"] == pool.id
    assert fault.hits == 1
    fault.clear()
    with server.fault("loseMessages", "SignUp"):
        sign_up(pool, "mary", "mary@example.com")
    with pytest.raises(NoMessageError, match="the inbox is empty"):
        pool.code_for("mary", timeout=0)


def test_reset_leads_back_to_the_seed(tmp_path: Path) -> None:
    seed = tmp_path / "seed.toml"
    seed.write_text('[[UserPools]]\nId = "us-east-1_Shop00001"\nPoolName = "shop"\n')
    with Lido.start(seed=seed) as server:
        server.create_pool()
        server.clock.advance(days=1)
        server.reset()
        assert [pool["Name"] for pool in server.call("ListUserPools", MaxResults=10)["UserPools"]] == ["shop"]
        assert abs(server.clock.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_missing_message_names_what_there_is(pool: Pool) -> None:
    with pytest.raises(NoMessageError, match="the inbox is empty"):
        pool.code_for("mary", timeout=0)
    sign_up(pool, "bob", "bob@example.com")
    with pytest.raises(NoMessageError, match=r"there are messages to bob \(bob@example.com\)"):
        pool.code_for("mary", timeout=0)


def test_clock_lets_a_code_expire() -> None:
    with Lido.start() as server:
        pool = server.create_pool()
        sign_up(pool, "mary", "mary@example.com")
        before = server.clock.now()
        after = server.clock.advance(days=1, minutes=1)
        assert timedelta(days=1, minutes=1) <= after - before < timedelta(days=1, minutes=2)
        with pytest.raises(OperationError, match="ExpiredCodeException"):
            code = pool.code_for("mary")
            server.call("ConfirmSignUp", ClientId=pool.client_id, Username="mary", ConfirmationCode=code)


def test_clock_is_set_to_an_instant_and_back() -> None:
    with Lido.start() as server:
        instant = datetime(2030, 1, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
        assert timedelta(0) <= server.clock.set(instant) - instant < timedelta(minutes=1)
        assert abs(server.clock.reset() - datetime.now(timezone.utc)) < timedelta(minutes=1)
        with pytest.raises(ValueError, match="time zone"):
            server.clock.set(datetime(2030, 1, 1))


def test_clock_refuses_what_the_server_cannot_do(server: Lido) -> None:
    for seconds in (-1, 0.5):
        with pytest.raises(ValueError, match="whole seconds"):
            server.clock.advance(seconds)
    with pytest.raises(LidoError, match="hundred years"):
        server.clock.advance(days=40_000)


def test_openid_configuration_is_that_of_the_pool(pool: Pool) -> None:
    configuration = pool.openid_configuration()
    assert configuration["issuer"] == f"{pool.lido.endpoint_url}/{pool.id}"
    assert configuration["jwks_uri"].startswith(configuration["issuer"])


def test_deleted_pool_is_gone(pool: Pool) -> None:
    pool.delete()
    with pytest.raises(OperationError, match="ResourceNotFoundException"):
        pool.call("DescribeUserPool")


def test_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, server: Lido) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert server.create_pool().messages() == []


def process_exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_server_ends_with_a_test_run_that_forgets_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    script = "from lido_cognito import Lido; print(Lido.start()._process._child.pid)"
    output = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True).stdout
    deadline = time.monotonic() + 5
    while process_exists(int(output)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert list(tmp_path.iterdir()) == []


def test_child_process_does_not_stop_the_server() -> None:
    with Lido.start() as server:
        pid = os.fork()
        if pid == 0:
            server.stop()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        assert is_listening(server)
        assert server.endpoint_url in server.log()
