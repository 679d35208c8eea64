// The process of a server: finds the binary, starts it, waits until it serves, and stops it.

const { spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const { tmpdir } = require("node:os");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { BinaryNotFoundError, StartError } = require("./errors.js");
const http = require("./http.js");

/** The milliseconds that a server has to start. It needs a fraction of a second; a busy machine needs more. */
const START_TIMEOUT = 30_000;

/** The milliseconds that a server has to finish its requests after SIGTERM, before it is killed. */
const STOP_TIMEOUT = 10_000;

const POLL_INTERVAL = 10;

const REMEDY =
  "build it in a clone of Lido with `cargo build --package lido-server`, and set the environment variable LIDO_BINARY to the " +
  "path of target/debug/lido there";

/** Returns the path of the binary: the option, that of the variable LIDO_BINARY, or `lido` on PATH. */
function findBinary(binary) {
  const variable = process.env.LIDO_BINARY;
  const [name, source] = binary
    ? [binary, "the option `binary`"]
    : [variable || "lido", "the environment variable LIDO_BINARY"];
  // A name without a folder is looked up on PATH, as a shell does.
  const folders = path.basename(name) === name ? (process.env.PATH ?? "").split(path.delimiter) : [""];
  const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  if (!binary && !variable) {
    throw new BinaryNotFoundError(`\`lido\` is not on PATH, and LIDO_BINARY is not set; ${REMEDY}`);
  }
  if (fs.existsSync(name)) {
    throw new BinaryNotFoundError(`${name}, which ${source} names, is not executable; allow it with chmod +x`);
  }
  throw new BinaryNotFoundError(`${name}, which ${source} names, does not exist; ${REMEDY}`);
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Returns options as the command line has them: `{ logFormat: "json" }` is `--log-format json`. */
function commandLine(options) {
  return Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === null) return [];
    if (typeof value === "boolean") return [value ? flag : `${flag}=false`];
    return [value].flat().flatMap((single) => [flag, String(single)]);
  });
}

/** Returns the text of a file without its first `after` bytes. */
function readAfter(file, after) {
  const size = Math.max(fs.statSync(file).size - after, 0);
  const text = Buffer.alloc(size);
  const opened = fs.openSync(file, "r");
  try {
    return text.toString("utf8", 0, fs.readSync(opened, text, 0, size, after));
  } finally {
    fs.closeSync(opened);
  }
}

/** A running server, with a temporary folder for its address and its output. */
class LidoProcess {
  #child;
  #folder;
  #log;
  #stopped;
  #onExit = () => {
    this.#child?.kill();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  };

  /** Starts the binary and waits until it serves. */
  static async start(binary, options, timeout = START_TIMEOUT) {
    if ("addressFile" in options) {
      throw new TypeError("addressFile is not an option here, because this package reads the file itself");
    }
    const server = new LidoProcess();
    try {
      await server.#start(binary, options, timeout);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #start(binary, options, timeout) {
    this.#folder = fs.mkdtempSync(path.join(tmpdir(), "lido-"));
    const addressFile = path.join(this.#folder, "address.json");
    // The store is lost at the end, so that test runs do not meet; port 0 is a free port.
    // Its standard input ends with this process, also if it is killed and cleans nothing up.
    const line = commandLine({ store: "memory", listen: "127.0.0.1:0", ...options, addressFile, stopWithStdin: true });
    // A file, because a pipe that nobody reads would block the server.
    const output = fs.openSync(this.logFile, "w");
    let failure;
    try {
      this.#child = spawn(binary, ["dev", ...line], { stdio: ["pipe", output, output] });
    } catch (error) {
      failure = error;
    } finally {
      fs.closeSync(output);
    }
    this.#child?.on("error", (error) => (failure = error));
    // A test run that ends without its clean-up is not kept waiting, and leaves no server.
    this.#child?.unref();
    this.#child?.stdin?.unref?.();
    process.once("exit", this.#onExit);

    const command = [binary, "dev", ...line].join(" ");
    const deadline = Date.now() + timeout;
    for (;;) {
      if (failure) throw new StartError(`${binary} cannot be started: ${failure.message}`, { cause: failure });
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) {
        const end = signalCode ? `by ${signalCode}` : `with exit code ${exitCode}`;
        throw new StartError(`the server ended ${end}: ${command}\n${this.log()}`);
      }
      // The file is complete as soon as it exists.
      if (this.endpoint === undefined && fs.existsSync(addressFile)) {
        const { endpoint, region } = JSON.parse(fs.readFileSync(addressFile, "utf8"));
        Object.assign(this, { endpoint, region });
      }
      if (this.endpoint !== undefined && (await http.isHealthy(this.endpoint))) return;
      if (Date.now() > deadline) {
        const seconds = timeout / 1000;
        throw new StartError(`the server was not ready within ${seconds} seconds: ${command}\n${this.log()}`);
      }
      await sleep(POLL_INTERVAL);
    }
  }

  /** The file with the output of the server. */
  get logFile() {
    return path.join(this.#folder, "output");
  }

  /** Returns what the server has printed after the first `after` bytes, also after its end. */
  log(after = 0) {
    return this.#log ? this.#log.toString("utf8", after) : readAfter(this.logFile, after);
  }

  /** Returns the number of bytes that the server has printed. */
  logSize() {
    return this.#log ? this.#log.length : fs.statSync(this.logFile).size;
  }

  /** Stops the server and waits for its end. */
  stop() {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop() {
    process.removeListener("exit", this.#onExit);
    // There was no folder for temporary files.
    if (this.#folder === undefined) return;
    const child = this.#child;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.ref();
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
      await ended;
      clearTimeout(timer);
    }
    this.#log = fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile) : Buffer.alloc(0);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

module.exports = { LidoProcess, findBinary, commandLine, readAfter };
