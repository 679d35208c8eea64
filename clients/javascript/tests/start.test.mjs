// What a start does that fails, and what is left of it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BinaryNotFoundError, StartError, startLido } from "lido-cognito";

const { commandLine, findBinary } = createRequire(import.meta.url)("../src/process.js");
const { isHealthy } = createRequire(import.meta.url)("../src/http.js");

let folder;
let temporary;
const { LIDO_BINARY, PATH, TMPDIR } = process.env;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "lido-test-"));
  temporary = path.join(folder, "temporary");
  fs.mkdirSync(temporary);
  process.env.TMPDIR = temporary;
});

afterEach(() => {
  for (const [name, value] of Object.entries({ LIDO_BINARY, PATH, TMPDIR })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  fs.rmSync(folder, { recursive: true });
});

function script(name, text = "") {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o700 });
  return file;
}

/** Asserts that a start is refused with an error of a class and text, and leaves no file. */
async function assertRefused(options, kind, pattern) {
  await assert.rejects(startLido(options), (error) => {
    assert.ok(error instanceof kind, `${error}`);
    assert.match(error.message, pattern);
    return true;
  });
  assert.deepEqual(fs.readdirSync(temporary), []);
}

test("binary is found by option, then variable, then path", () => {
  const [onPath, option, variable] = [script("bin/lido"), script("a"), script("b")];
  process.env.PATH = path.dirname(onPath);
  process.env.LIDO_BINARY = variable;
  assert.equal(findBinary(option), option);
  assert.equal(findBinary(), variable);
  process.env.LIDO_BINARY = "";
  assert.equal(findBinary(), onPath);
  assert.equal(findBinary("lido"), onPath);
});

test("missing binary is reported with a remedy", async () => {
  process.env.PATH = folder;
  delete process.env.LIDO_BINARY;
  const remedy = /not on PATH, and LIDO_BINARY is not set; build it .*cargo build/;
  await assertRefused({}, BinaryNotFoundError, remedy);
  const option = /\/none\/lido, which the option `binary` names, does not exist/;
  await assertRefused({ binary: "/none/lido" }, BinaryNotFoundError, option);
  process.env.LIDO_BINARY = "/none/lido";
  await assertRefused({}, BinaryNotFoundError, /environment variable LIDO_BINARY names, does not exist/);
  const binary = path.join(folder, "text");
  fs.writeFileSync(binary, "", { mode: 0o600 });
  await assertRefused({ binary }, BinaryNotFoundError, /not executable; allow it with chmod/);
});

test("failed start shows what the server printed", async () => {
  const code = /with exit code 2: .*dev .*--confirmation-code 12.*six digits/s;
  await assertRefused({ confirmationCode: "12" }, StartError, code);
  await assertRefused({ noSuchOption: true }, StartError, /unexpected argument '--no-such-option'/);
  await assertRefused({ store: "sqlite:/dev/null/lido.db" }, StartError, /\/dev\/null\/lido\.db/);
});

test("program that cannot run is reported", async () => {
  const binary = path.join(folder, "lido");
  fs.writeFileSync(binary, "\x7fELF", { mode: 0o700 });
  await assertRefused({ binary }, StartError, /cannot be started|ended/);
});

test("missing folder for temporary files is reported", async () => {
  process.env.TMPDIR = path.join(folder, "none");
  await assert.rejects(startLido(), { code: "ENOENT", syscall: "mkdtemp" });
});

test("server that is not ready in time is stopped", async () => {
  const pid = path.join(folder, "pid");
  const binary = script("lido", `echo $$ > ${pid}; echo is busy; exec sleep 60`);
  await assertRefused({ binary, timeout: 2000 }, StartError, /not ready within 2 seconds: .*is busy/s);
  assert.throws(() => process.kill(Number(fs.readFileSync(pid, "utf8")), 0), { code: "ESRCH" });
});

// A server that is not healthy at first, which the real one is never seen to be.
test("server is started once it is healthy", async () => {
  const binary = path.join(folder, "lido.cjs");
  const text = `#!${process.execPath}
const file = process.argv[process.argv.indexOf("--address-file") + 1];
let count = 0;
const server = require("node:http").createServer((request, response) => {
  console.log(request.url, ++count);
  response.writeHead(count < 4 ? 503 : 200).end();
});
server.listen(0, "127.0.0.1", () => {
  const endpoint = "http://127.0.0.1:" + server.address().port;
  require("node:fs").writeFileSync(file + ".new", JSON.stringify({ endpoint, region: "eu-west-1" }));
  require("node:fs").renameSync(file + ".new", file);
});
`;
  fs.writeFileSync(binary, text, { mode: 0o700 });
  const lido = await startLido({ binary });
  assert.equal(lido.region, "eu-west-1");
  await lido.stop();
  assert.deepEqual(lido.log().trim().split("\n"), [1, 2, 3, 4].map((count) => `/_lido/health ${count}`));
});

test("server ends with a process that is killed", async () => {
  const program = `require("lido-cognito").startLido().then(({ endpoint }) => console.log(endpoint)); setTimeout(() => {}, 60_000);`;
  const killed = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(killed.stdout, "data");
  const endpoint = String(line).trim();
  assert.ok(await isHealthy(endpoint));
  killed.kill("SIGKILL");
  const deadline = Date.now() + 10_000;
  while (await isHealthy(endpoint)) {
    assert.ok(Date.now() < deadline, `the server at ${endpoint} is left`);
    await sleep(20);
  }
});

test("stopped server leaves no file but its log", async () => {
  const lido = await startLido();
  assert.equal(fs.readdirSync(temporary).length, 1);
  await lido.stop();
  assert.deepEqual(fs.readdirSync(temporary), []);
  assert.ok(lido.log().includes(lido.endpoint));
});

test("options are written as the command line has them", async () => {
  const cases = [
    [{ logFormat: "json" }, ["--log-format", "json"]],
    [{ allowRemote: true }, ["--allow-remote"]],
    [{ allowRemote: false }, ["--allow-remote=false"]],
    [{ refuseFrom: ["192.0.2.1", "192.0.2.2"] }, ["--refuse-from", "192.0.2.1", "--refuse-from", "192.0.2.2"]],
    [{ accountId: undefined }, []],
  ];
  for (const [options, expected] of cases) assert.deepEqual(commandLine(options), expected);
  await assertRefused({ addressFile: "file" }, TypeError, /addressFile/);
});
