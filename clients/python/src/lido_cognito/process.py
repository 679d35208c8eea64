"""The process of a server: finds the binary, starts it, waits until it serves, and stops it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Union

from . import http
from .errors import BinaryNotFoundError, StartError

START_TIMEOUT = 30.0
"""The seconds that a server has to start. It needs a fraction of one; a busy machine needs more."""

STOP_TIMEOUT = 10.0
"""The seconds that a server has to finish its requests after SIGTERM, before it is killed."""

POLL_INTERVAL = 0.01

REMEDY = (
    "build it in a clone of Lido with `cargo build --package lido-server`, and set the environment variable LIDO_BINARY to "
    "the path of target/debug/lido there"
)


def find_binary(binary: Union[str, os.PathLike[str], None] = None) -> str:
    """Returns the path of the binary: the argument, that of the variable `LIDO_BINARY`, or `lido` on `PATH`."""
    variable = os.environ.get("LIDO_BINARY")
    if binary is not None:
        path, source = os.fspath(binary), "the argument `binary`"
    elif variable:
        path, source = variable, "the environment variable LIDO_BINARY"
    else:
        found = shutil.which("lido")
        if found is None:
            raise BinaryNotFoundError(f"`lido` is not on PATH, and LIDO_BINARY is not set; {REMEDY}")
        return found
    # A name without a folder is looked up on PATH, as a shell does.
    found = shutil.which(path)
    if found is not None:
        return found
    if os.path.isfile(path):
        raise BinaryNotFoundError(f"{path}, which {source} names, is not executable; allow it with chmod +x")
    raise BinaryNotFoundError(f"{path}, which {source} names, does not exist; {REMEDY}")


def arguments(options: Mapping[str, Any]) -> list[str]:
    """Returns options as the command line has them: `log_format="json"` is `--log-format json`."""
    line: list[str] = []
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is None:
            continue
        if isinstance(value, bool):
            line.append(flag if value else f"{flag}=false")
            continue
        for single in value if isinstance(value, (list, tuple)) else [value]:
            line += [flag, os.fspath(single) if isinstance(single, os.PathLike) else str(single)]
    return line


class Process:
    """A running server, with a temporary folder for its address and its output."""

    def __init__(self, binary: str, options: Mapping[str, Any], timeout: float) -> None:
        if "address_file" in options:
            raise ValueError("address_file is not an option here, because this package reads the file itself")
        self._folder = Path(tempfile.mkdtemp(prefix="lido-"))
        self._output = self._folder / "output"
        address_file = self._folder / "address.json"
        # The store is lost at the end, so that test runs do not meet; port 0 is a free port.
        merged = {"store": "memory", "listen": "127.0.0.1:0", **options, "address_file": address_file}
        # Its standard input ends with this process, also if it is killed and cleans nothing up.
        merged["stop_with_stdin"] = True
        command = [binary, "dev", *arguments(merged)]
        self._child: Optional[subprocess.Popen[bytes]] = None
        self._log: Optional[bytes] = None
        self._owner = os.getpid()
        try:
            # A file, because a pipe that nobody reads would block the server.
            with self._output.open("wb") as output:
                self._child = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT
                )
            self.endpoint, self.region = self._wait(self._child, address_file, timeout)
        except OSError as error:
            self.stop()
            raise StartError(f"{binary} cannot be started: {error}") from error
        except BaseException:
            self.stop()
            raise
        # A test run that ends without its clean-up leaves no server.
        atexit.register(self.stop)

    def _wait(self, child: subprocess.Popen[bytes], address_file: Path, timeout: float) -> tuple[str, str]:
        """Waits until the server has written its address and is healthy."""
        command = " ".join(str(part) for part in child.args) if isinstance(child.args, list) else str(child.args)
        deadline = time.monotonic() + timeout
        address: Optional[tuple[str, str]] = None
        while True:
            if child.poll() is not None:
                raise StartError(f"the server ended with exit code {child.returncode}: {command}\n{self.log()}")
            # The file is complete as soon as it exists.
            if address is None and address_file.exists():
                written = json.loads(address_file.read_text(encoding="utf-8"))
                address = written["endpoint"], written["region"]
            if address is not None and http.is_healthy(address[0]):
                return address
            if time.monotonic() > deadline:
                raise StartError(f"the server was not ready within {timeout:g} seconds: {command}\n{self.log()}")
            time.sleep(POLL_INTERVAL)

    def log(self, after: int = 0) -> str:
        """Returns what the server has printed after the first `after` bytes, also after its end."""
        if self._log is not None:
            return self._log[after:].decode(errors="replace")
        with self._output.open("rb") as output:
            output.seek(after)
            return output.read().decode(errors="replace")

    def log_size(self) -> int:
        """Returns the number of bytes that the server has printed."""
        return self._output.stat().st_size if self._log is None else len(self._log)

    def stop(self) -> None:
        """Stops the server and waits for its end. Does nothing if it was stopped, or in a child of this process."""
        if os.getpid() != self._owner or self._log is not None:
            return
        atexit.unregister(self.stop)
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
        self._log = self._output.read_bytes() if self._output.exists() else b""
        shutil.rmtree(self._folder, ignore_errors=True)
