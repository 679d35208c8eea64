"""What a start does that fails, and what is left of it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from lido_cognito import BinaryNotFoundError, Lido, StartError, http
from lido_cognito.process import arguments, find_binary


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder for temporary files of each test, so that what is left there can be seen."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_binary_is_found_by_argument_then_variable_then_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    on_path = script(tmp_path / "bin/lido", "")
    argument, variable = script(tmp_path / "a", ""), script(tmp_path / "b", "")
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.setenv("LIDO_BINARY", str(variable))
    assert find_binary(argument) == str(argument)
    assert find_binary() == str(variable)
    monkeypatch.setenv("LIDO_BINARY", "")
    assert find_binary() == str(on_path)
    assert find_binary("lido") == str(on_path)


def test_missing_binary_is_reported_with_a_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LIDO_BINARY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BinaryNotFoundError, match="not on PATH, and LIDO_BINARY is not set; build it .*cargo build"):
        Lido.start()
    with pytest.raises(BinaryNotFoundError, match="/none/lido, which the argument `binary` names, does not exist"):
        Lido.start("/none/lido")
    monkeypatch.setenv("LIDO_BINARY", "/none/lido")
    with pytest.raises(BinaryNotFoundError, match="environment variable LIDO_BINARY names, does not exist"):
        Lido.start()
    (tmp_path / "text").touch(mode=0o600)
    with pytest.raises(BinaryNotFoundError, match="not executable; allow it with chmod"):
        Lido.start(tmp_path / "text")


def test_failed_start_shows_what_the_server_printed(temporary: Path) -> None:
    with pytest.raises(StartError, match="(?s)exit code 2: .*dev .*--confirmation-code 12.*six digits"):
        Lido.start(confirmation_code="12")
    with pytest.raises(StartError, match="unexpected argument '--no-such-option'"):
        Lido.start(no_such_option=True)
    with pytest.raises(StartError, match="nothing/lido.db"):
        Lido.start(store=f"sqlite:{os.devnull}/nothing/lido.db")
    assert list(temporary.iterdir()) == []


def test_program_that_cannot_run_is_reported(tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "lido"
    path.write_text("not a program")
    path.chmod(0o700)
    with pytest.raises(StartError, match="cannot be started"):
        Lido.start(path)
    assert list(temporary.iterdir()) == []


def test_server_that_is_not_ready_in_time_is_stopped(tmp_path: Path, temporary: Path) -> None:
    pid = tmp_path / "pid"
    silent = script(tmp_path / "lido", f"echo $$ > {pid}; echo is busy; exec sleep 60")
    with pytest.raises(StartError, match="(?s)not ready within 2 seconds: .*is busy"):
        Lido.start(silent, timeout=2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert list(temporary.iterdir()) == []


def test_server_is_started_once_it_is_healthy(tmp_path: Path) -> None:
    """Uses a server that is not healthy at first, which the real one is never seen to be."""
    path = tmp_path / "lido"
    path.write_text(f"""#!{sys.executable}
import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    count = 0

    def do_GET(self):
        Handler.count += 1
        self.send_response(503 if Handler.count < 4 else 200)
        self.end_headers()
        print(self.path, Handler.count, flush=True)

    def log_message(self, *arguments):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
path = sys.argv[sys.argv.index("--address-file") + 1]
with open(path + ".new", "w") as file:
    json.dump({{"endpoint": f"http://127.0.0.1:{{server.server_port}}", "region": "eu-west-1"}}, file)
os.rename(path + ".new", path)
server.serve_forever()
""")
    path.chmod(0o700)
    with Lido.start(path) as server:
        assert server.region == "eu-west-1"
    assert server.log().splitlines() == [f"/_lido/health {count}" for count in (1, 2, 3, 4)]


def test_stopped_server_leaves_no_file_but_its_log(temporary: Path) -> None:
    with Lido.start() as server:
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []
    assert server.endpoint_url in server.log()


def test_server_ends_with_a_process_that_is_killed(temporary: Path) -> None:
    program = "import time; from lido_cognito import Lido; print(Lido.start().endpoint_url, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        endpoint = killed.stdout.readline().strip()
        assert http.is_healthy(endpoint)
        killed.kill()
    deadline = time.monotonic() + 10
    while http.is_healthy(endpoint):
        assert time.monotonic() < deadline, f"the server at {endpoint} is left"
        time.sleep(0.02)


def test_arguments_are_written_as_the_command_line_has_them() -> None:
    cases = [
        ({"log_format": "json"}, ["--log-format", "json"]),
        ({"key_file": Path("key")}, ["--key-file", "key"]),
        ({"allow_remote": True}, ["--allow-remote"]),
        ({"allow_remote": False}, ["--allow-remote=false"]),
        ({"refuse_from": ["192.0.2.1", "192.0.2.2"]}, ["--refuse-from", "192.0.2.1", "--refuse-from", "192.0.2.2"]),
        ({"account_id": None}, []),
    ]
    for options, expected in cases:
        assert arguments(options) == expected, options
    with pytest.raises(ValueError, match="address_file"):
        Lido.start(address_file="file")
