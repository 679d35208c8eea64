"""The examples of README.md, run as they are written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SEED = """
[[UserPools]]
Id = "us-east-1_Shop00001"
PoolName = "shop"
UsernameAttributes = ["email"]

[[UserPools.Clients]]
ClientId = "shopweb"
ClientName = "web"
ExplicitAuthFlows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]

[[UserPools.Users]]
Username = "mary@example.com"
Password = "Correct-Horse-1"
"""
TEST, FAULTS, CONFTEST, SECRET_TEST, SEEDED, SCRIPT = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_example_of_a_test_passes(pytester: pytest.Pytester) -> None:
    pytest.importorskip("boto3")
    (pytester.path / "test_sign_up.py").write_text(TEST)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_example_of_tokens_and_faults_passes(pytester: pytest.Pytester) -> None:
    pytest.importorskip("boto3")
    (pytester.path / "test_faults.py").write_text(FAULTS)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_example_of_settings_passes_with_its_test(pytester: pytest.Pytester) -> None:
    pytest.importorskip("boto3")
    (pytester.path / "conftest.py").write_text(CONFTEST)
    (pytester.path / "test_secret.py").write_text(SECRET_TEST)
    pytester.makepyfile("""
        def test_settings(lido_pool):
            assert lido_pool.id.startswith("eu-west-1_") and lido_pool.client_secret
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_example_of_a_seed_has_its_users(pytester: pytest.Pytester) -> None:
    (pytester.path / "conftest.py").write_text(SEEDED)
    (pytester.path / "seed.toml").write_text(SEED)
    pytester.makepyfile("""
        def test_seeded_user_signs_in(shop):
            assert "AccessToken" in shop.sign_in("mary@example.com", "Correct-Horse-1")

        def test_server_with_a_clock_is_seeded_too(shop, lido_clock):
            assert shop.call("DescribeUserPool")["UserPool"]["Name"] == "shop"
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_wrong_seed_is_told_with_its_line(pytester: pytest.Pytester) -> None:
    (pytester.path / "conftest.py").write_text(SEEDED)
    (pytester.path / "seed.toml").write_text("[[UserPools]]\nPolName = 'shop'\n")
    pytester.makepyfile("def test_shop(shop): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*seed.toml, line 2: *did you mean `PoolName`?*"])


def test_example_without_pytest_prints_the_pool() -> None:
    output = subprocess.run([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ us-east-1_\w+ \w+\n", output), output


def test_every_fixture_is_in_the_table_of_the_readme() -> None:
    plugin = (Path(__file__).parents[1] / "src/lido_cognito/pytest_plugin.py").read_text(encoding="utf-8")
    fixtures = re.findall(r"^@pytest\.fixture.*\ndef (\w+)", plugin, re.MULTILINE)
    assert len(fixtures) == 12
    missing = [name for name in fixtures if f"`{name}`" not in README and f"def {name}(" not in README]
    assert missing == ["lido_server"], "tests use `lido`"
