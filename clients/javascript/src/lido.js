// A running server, as a test uses it.

const fs = require("node:fs");
const { Clock } = require("./clock.js");
const { control } = require("./control.js");
const { LidoError, NoMessageError, OperationError } = require("./errors.js");
const { Fault } = require("./fault.js");
const { operationHeaders, request } = require("./http.js");
const { DEFAULT_CLIENT, DEFAULT_POOL, Pool } = require("./pool.js");
const { LidoProcess, findBinary, readAfter } = require("./process.js");

/** The variable by which a test runner hands a connection to its workers. */
const CONNECTION = "LIDO_CONNECTION";

/** Shorter than the five seconds that Vitest and Jest give a test, so that a test that fails says which message is missing. */
const MESSAGE_TIMEOUT = 4_000;

/** The milliseconds that one request waits for a message: fewer than a request may take. */
const MAX_WAIT = 20_000;

class Lido {
  #connection;
  #process;
  #returned = new Set();

  constructor(connection, process) {
    this.#connection = connection;
    this.#process = process;
    this.clock = new Clock(connection.endpoint);
  }

  get endpoint() {
    return this.#connection.endpoint;
  }

  get region() {
    return this.#connection.region;
  }

  get credentials() {
    return { ...this.#connection.credentials };
  }

  get connection() {
    return structuredClone(this.#connection);
  }

  get clientConfig() {
    return { endpoint: this.endpoint, region: this.region, credentials: this.credentials };
  }

  get environment() {
    return {
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: this.endpoint,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
    };
  }

  log(after = 0) {
    return this.#process ? this.#process.log(after) : readAfter(this.#connection.logFile, after);
  }

  logSize() {
    return this.#process ? this.#process.logSize() : fs.statSync(this.#connection.logFile).size;
  }

  async call(operation, input = {}) {
    const body = JSON.stringify(input);
    const headers = operationHeaders(this.endpoint, this.region, this.credentials, operation, body);
    const { status, json } = await request(this.endpoint, "POST", "/", body, headers);
    if (status === 200) return json;
    const code = (json.__type ?? "UnknownError").split("#").at(-1);
    throw new OperationError(operation, status, code, json.message ?? "");
  }

  async createPool({ pool = {}, client = {} } = {}) {
    const { UserPool } = await this.call("CreateUserPool", { ...DEFAULT_POOL, ...pool });
    const input = { ...DEFAULT_CLIENT, ...client, UserPoolId: UserPool.Id };
    const { UserPoolClient } = await this.call("CreateUserPoolClient", input);
    return new Pool(this, UserPool.Id, UserPoolClient.ClientId, UserPoolClient.ClientSecret);
  }

  pool(id, clientId, clientSecret) {
    return new Pool(this, id, clientId, clientSecret);
  }

  async messages(filter = {}) {
    return (await this.#page(filter)).messages;
  }

  /** Returns messages, the newest first, and the cursor after which later ones arrive. */
  async #page(query) {
    const { messages, cursor } = await control(this.endpoint, "GET", ["messages"], { query });
    return { messages: messages.map((message) => ({ ...message, sentAt: new Date(message.sentAt) })), cursor };
  }

  async messageFor(user, { userPoolId, timeout = MESSAGE_TIMEOUT } = {}) {
    const deadline = Date.now() + timeout;
    let after;
    for (;;) {
      const wait = `${Math.min(Math.max(deadline - Date.now(), 0), MAX_WAIT)}ms`;
      const page = await this.#page({ userPoolId, username: user, after, wait });
      const fresh = page.messages.filter(({ id }) => !this.#returned.has(id));
      if (fresh.length > 0) {
        // Those before it are superseded.
        for (const { id } of fresh) this.#returned.add(id);
        return fresh[0];
      }
      if (Date.now() >= deadline) {
        const toUser = await this.messages({ userPoolId, username: user });
        throw new NoMessageError(noMessage(user, timeout, await this.messages({ userPoolId }), toUser));
      }
      after = page.cursor;
    }
  }

  async codeFor(user, options) {
    return (await this.messageFor(user, options)).code;
  }

  async fault(rule) {
    this.#checkOwn("a fault would strike");
    return new Fault(this.endpoint, (await control(this.endpoint, "POST", ["faults"], { body: rule })).id);
  }

  async reset() {
    this.#checkOwn("a reset would delete the pools of");
    await control(this.endpoint, "POST", ["reset"]);
    this.#returned.clear();
  }

  /** Throws if the server is that of a test run, whose files run at once. */
  #checkOwn(what) {
    if (this.#process) return;
    throw new LidoError(
      `${what} tests in other files, which share this server; start one with startLido, testWithClock or usePoolWithClock`,
    );
  }

  async stop() {
    await this.#process?.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}

/** Returns the text for a message that did not come. */
function noMessage(user, timeout, sent, toUser) {
  const seconds = timeout / 1000;
  if (toUser.length > 0) {
    const returned = toUser.slice(0, 5).map(({ code, trigger }) => `${code} (${trigger})`);
    return `no new message to ${user} within ${seconds} seconds; already returned: ${returned.join(", ")}`;
  }
  const others = [...new Set(sent.map(({ username, to }) => `${username} (${to})`))].sort().slice(0, 5);
  const there = others.length > 0 ? `there are messages to ${others.join(", ")}` : "the inbox is empty";
  return `no message to ${user} within ${seconds} seconds; ${there}`;
}

async function startLido(options = {}) {
  const { binary, timeout, accessKeyId = "dev", secretAccessKey = "dev", ...others } = options;
  const process = await LidoProcess.start(findBinary(binary), others, timeout);
  const { endpoint, region, logFile } = process;
  return new Lido({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, logFile }, process);
}

function connectLido(connection) {
  if (connection !== undefined) return new Lido(structuredClone(connection));
  const text = process.env[CONNECTION];
  if (!text) {
    throw new LidoError(
      "no server was started for this test run; add the set-up of lido-cognito to the configuration of the test runner",
    );
  }
  return new Lido(JSON.parse(text));
}

module.exports = { Lido, startLido, connectLido, CONNECTION };
