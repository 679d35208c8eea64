"""The fixtures, in test runs of their own."""

from __future__ import annotations

import pytest

CONFTEST = """
    import os, pathlib, pytest

    @pytest.fixture(autouse=True)
    def record(request, lido):
        with open("servers", "a") as file:
            file.write(f"{request.node.name} {lido.endpoint_url}\\n")
"""


def servers(pytester: pytest.Pytester) -> dict[str, str]:
    """The endpoint of the server of each test."""
    lines = (pytester.path / "servers").read_text().splitlines()
    return {name: url for name, url in (line.split() for line in lines)}


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_each_test_has_a_pool_of_its_own_on_one_server(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("""
        import pytest
        from lido_cognito import OperationError

        seen = []

        @pytest.mark.parametrize("number", range(3))
        def test_user(lido, lido_pool, number):
            lido_pool.create_user("mary", "Correct-Horse-1")
            assert lido.call("ListUserPools", MaxResults=10)["UserPools"][0]["Id"] == lido_pool.id
            assert len(lido.call("ListUserPools", MaxResults=10)["UserPools"]) == 1
            seen.append(lido_pool.id)
            assert len(set(seen)) == number + 1
    """)
    run(pytester).assert_outcomes(passed=3)
    assert len(set(servers(pytester).values())) == 1


def test_clock_of_a_test_is_not_that_of_the_others(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile("""
        from datetime import datetime, timedelta, timezone

        def test_before(lido):
            pass

        def test_clock(lido, lido_pool, lido_clock):
            assert lido_pool.lido is lido and lido.clock is lido_clock
            assert lido_clock.advance(days=30) - datetime.now(timezone.utc) > timedelta(days=29)

        def test_after(lido):
            assert lido.clock.now() - datetime.now(timezone.utc) < timedelta(minutes=1)
    """)
    run(pytester).assert_outcomes(passed=3)
    of = servers(pytester)
    assert of["test_before"] == of["test_after"] != of["test_clock"]


def test_code_confirms_a_user_with_boto3(pytester: pytest.Pytester) -> None:
    pytest.importorskip("boto3")
    pytester.makepyfile("""
        def test_sign_up(cognito_idp, lido_pool, lido_code):
            cognito_idp.sign_up(
                ClientId=lido_pool.client_id, Username="mary", Password="Correct-Horse-1",
                UserAttributes=[{"Name": "email", "Value": "mary@example.com"}],
            )
            cognito_idp.confirm_sign_up(
                ClientId=lido_pool.client_id, Username="mary", ConfirmationCode=lido_code("mary")
            )
            user = cognito_idp.admin_get_user(UserPoolId=lido_pool.id, Username="mary")
            assert user["UserStatus"] == "CONFIRMED"
    """)
    run(pytester).assert_outcomes(passed=1)


def test_environment_leads_code_with_its_own_client_to_the_server(pytester: pytest.Pytester) -> None:
    pytest.importorskip("boto3")
    pytester.makepyfile("""
        import os, boto3

        def test_own_client(lido_environment, lido_pool):
            assert boto3.client("cognito-idp").describe_user_pool(UserPoolId=lido_pool.id)

        def test_environment_is_as_before():
            assert "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER" not in os.environ
    """)
    run(pytester).assert_outcomes(passed=2)


def test_options_of_server_and_pool_are_overridden_by_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        import pytest

        @pytest.fixture(scope="session")
        def lido_options():
            return {"region": "eu-west-1"}

        @pytest.fixture
        def lido_pool_options():
            return {"pool": {"PoolName": "shop"}, "client": {"GenerateSecret": True}}
    """)
    pytester.makepyfile("""
        def test_options(lido, lido_pool):
            assert lido_pool.id.startswith("eu-west-1_")
            assert lido_pool.client_secret
            assert lido_pool.call("DescribeUserPool")["UserPool"]["Name"] == "shop"

        def test_clock(lido, lido_clock):
            assert lido.region == "eu-west-1"
    """)
    run(pytester).assert_outcomes(passed=2)


def test_failed_test_shows_what_the_server_printed_during_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_first(lido):
            lido.call("ListUserPools", MaxResults=1)
            while "ListUserPools" not in lido.log():
                pass

        def test_second(lido):
            lido.create_pool()
            assert False
    """)
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Lido log call*", "*CreateUserPool*"])
    result.stdout.no_fnmatch_line("*ListUserPools*")


def test_missing_binary_fails_each_test_with_the_remedy(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIDO_BINARY", "/none/lido")
    pytester.makepyfile("def test_one(lido): pass\ndef test_two(lido_pool): pass")
    result = run(pytester)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*BinaryNotFoundError: /none/lido*cargo build*"])


def test_pool_that_a_test_deletes_or_protects_is_no_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_delete(lido_pool):
            lido_pool.delete()

        def test_protect(lido_pool):
            lido_pool.call("UpdateUserPool", DeletionProtection="ACTIVE")
    """)
    run(pytester).assert_outcomes(passed=2)


def test_each_worker_of_xdist_has_a_server_of_its_own(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile("""
        import os, pytest

        @pytest.mark.parametrize("number", range(8))
        def test_user(lido, lido_pool, number):
            lido_pool.create_user("mary", "Correct-Horse-1")
            with open(f"worker-{os.environ['PYTEST_XDIST_WORKER']}", "a") as file:
                file.write(lido.endpoint_url + "\\n")
    """)
    run(pytester, "-n", "2", "--dist", "each").assert_outcomes(passed=16)
    urls = [set(file.read_text().split()) for file in pytester.path.glob("worker-*")]
    assert [len(of_worker) for of_worker in urls] == [1, 1]
    assert urls[0] != urls[1]


def test_tokens_and_faults_are_fixtures_and_faults_end_with_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from lido_cognito import OperationError

        @pytest.mark.parametrize("number", range(2))
        def test_throttled(lido, lido_fault, lido_tokens, lido_pool, number):
            assert len(lido.call("ListUserPools", MaxResults=10)["UserPools"]) == 1
            lido_pool.create_user("mary")
            token = lido_tokens("mary")["AccessToken"]
            fault = lido_fault("throttle")
            with pytest.raises(OperationError, match="TooManyRequestsException"):
                lido.call("GetUser", AccessToken=token)
            assert fault.hits == 1
    """)
    run(pytester).assert_outcomes(passed=2)
