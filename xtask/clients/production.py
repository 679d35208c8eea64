"""Runs the parts of deploy/compose.production.yaml without containers, and uses them through boto3.

PostgreSQL, three servers that start at once on an empty database, and Caddy with its file; with the secrets of secrets.sh, and
what the compose file says of environment, command and user. Only addresses and paths are those of this machine.
"""

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3
import yaml

binary, root = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
compose = yaml.safe_load((root / "deploy/compose.production.yaml").read_text())
postgres = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin: int(bin.parent.name))[-1]
is_root = os.geteuid() == 0


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def as_user(user, *command):
    """Returns a command that runs as another user, if this one is root."""
    change = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "--"]
    return [*(change if is_root else []), *map(str, command)]


def wait_for(what, is_there, seconds=60):
    end = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < end, f"{what} is not there after {seconds} seconds"
        time.sleep(0.05)


def answers(url):
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(url, timeout=5).status == 200
    return False


class Stack:
    def __init__(self, folder):
        self.folder, self.processes = folder, {}
        self.database, self.https = free_port(), free_port()
        self.ports = {name: free_port() for name, service in compose["services"].items() if "lido:" in service["image"]}
        shutil.copy(binary, folder / "lido")
        shutil.copy(root / "deploy/compose/secrets.sh", folder)
        subprocess.run([folder / "secrets.sh"], check=True)
        self.secrets = folder / "secrets"
        self.secrets.chmod(0o711)
        passwords = self.secrets / "pgpass"
        passwords.write_text(passwords.read_text().replace("database:5432", f"127.0.0.1:{self.database}"))

    def start(self, name, command, **environment):
        log = open(self.folder / f"{name}.log", "ab")
        environment = {"PATH": os.environ["PATH"], **environment}
        self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd="/")

    def stop(self, name, number=signal.SIGTERM):
        process = self.processes.pop(name)
        process.send_signal(number)
        return process.wait(timeout=30)

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def start_database(self):
        """As the image does with POSTGRES_USER and POSTGRES_PASSWORD_FILE."""
        data, password = self.folder / "database", self.folder / "password"
        password.write_text((self.secrets / "database-password").read_text())
        data.mkdir(mode=0o700)
        if is_root:
            shutil.chown(data, "postgres", "postgres")
            shutil.chown(password, "postgres")
        initdb = [postgres / "initdb", "--username=lido", "--auth=scram-sha-256", f"--pwfile={password}", "--pgdata", data]
        subprocess.run(as_user("postgres", *initdb), check=True, stdout=subprocess.DEVNULL, cwd="/")
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}", "-p", self.database]
        self.start("database", as_user("postgres", postgres / "postgres", "-D", data, *options))
        ready = [postgres / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={self.database}"]
        wait_for("the database", lambda: subprocess.run(ready).returncode == 0)
        user = compose["services"]["database"]["environment"]["POSTGRES_USER"]
        create = [postgres / "createdb", "--host=127.0.0.1", f"--port={self.database}", "--username=lido", user]
        subprocess.run(create, check=True, env={**os.environ, "PGPASSWORD": password.read_text()})

    def start_server(self, name):
        service = compose["services"][name]
        environment = {}
        for variable, value in service["environment"].items():
            value = value.replace("/run/secrets", str(self.secrets)).replace("@database/", f"@127.0.0.1:{self.database}/")
            environment[variable] = re.sub(r"\$\{LIDO_HOST:[^}]*\}", f"localhost:{self.https}", value)
        environment["LIDO_TRUSTED_PROXY"] = "127.0.0.1"
        environment["LIDO_LISTEN"] = f"127.0.0.1:{self.ports[name]}"
        user = service["user"].split(":")[0]
        self.start(name, as_user(user, self.folder / "lido", *service["command"]), **environment)

    def is_healthy(self, name):
        return answers(f"http://127.0.0.1:{self.ports[name]}/_lido/health")

    def start_proxy(self):
        state = self.folder / "proxy"
        state.mkdir()
        file = state / "Caddyfile"
        settings = f"admin off\n\tskip_install_trust\n\thttp_port {free_port()}\n\thttps_port {self.https}"
        file.write_text(f"{{\n\t{settings}\n}}\nimport {root / 'deploy/compose/Caddyfile'}\n")
        servers = " ".join(f"127.0.0.1:{port}" for port in self.ports.values())
        home = {"HOME": str(state), "XDG_DATA_HOME": str(state), "XDG_CONFIG_HOME": str(state)}
        self.start(
            "proxy", ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)], LIDO_HOST="localhost", LIDO_SERVERS=servers, **home
        )
        self.authority = state / "caddy/pki/authorities/local/root.crt"
        wait_for("the certificate of the proxy", self.authority.exists)

    def client(self):
        user = json.loads((self.secrets / "credentials.json").read_text())["users"][0]
        return boto3.client(
            "cognito-idp",
            endpoint_url=f"https://localhost:{self.https}",
            region_name="us-east-1",
            aws_access_key_id=user["accessKeyId"],
            aws_secret_access_key=user["secretAccessKey"],
            verify=str(self.authority),
        )


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def use(stack):
    cognito = stack.client()
    pool = cognito.create_user_pool(PoolName="production")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows)
    client = client["UserPoolClient"]["ClientId"]

    def sign_up_and_in(name):
        cognito.sign_up(ClientId=client, Username=name, Password="Correct-Horse-1")
        cognito.admin_confirm_sign_up(UserPoolId=pool, Username=name)
        parameters = {"USERNAME": name, "PASSWORD": "Correct-Horse-1"}
        answer = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        token = answer["AuthenticationResult"]["AccessToken"]
        assert claims(token)["iss"] == f"https://localhost:{stack.https}/{pool}", claims(token)
        assert cognito.get_user(AccessToken=token)["Username"] == name

    for number in range(6):
        sign_up_and_in(f"user-{number}")
    for name in stack.ports:
        assert "answered" in stack.log(name), f"{name} has answered nothing"

    # One server after the other is replaced, as when a new version is taken; no request fails.
    for number, name in enumerate(stack.ports):
        assert stack.stop(name) == 0
        sign_up_and_in(f"without-{number}")
        stack.start_server(name)
        wait_for(name, lambda: stack.is_healthy(name))
    assert len(cognito.list_users(UserPoolId=pool)["Users"]) == 9

    assert stack.stop("database", signal.SIGINT) == 0
    wait_for("an unhealthy server", lambda: not any(stack.is_healthy(name) for name in stack.ports))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    folder.chmod(0o711)
    stack = Stack(folder)
    try:
        stack.start_database()
        for name in stack.ports:
            stack.start_server(name)
        for name in stack.ports:
            wait_for(name, lambda: stack.is_healthy(name))
        stack.start_proxy()
        use(stack)
    except BaseException:
        for name in ["database", *stack.ports, "proxy"]:
            print(f"== {name} ==", (stack.log(name) if (folder / f"{name}.log").exists() else "")[-3000:], sep="\n")
        raise
    finally:
        for name in list(stack.processes):
            stack.stop(name)
print(f"production: {len(stack.ports)} servers on PostgreSQL behind Caddy: used through boto3, replaced one by one")
