// A server without a test runner's fixtures: starting, calling, the inbox, the clock, stopping.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { connectLido, LidoError, NoMessageError, OperationError, startLido } from "lido-cognito";

const PASSWORD = "Correct-Horse-1";
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let lido;
let pool;

before(async () => (lido = await startLido()));
after(() => lido.stop());
beforeEach(async () => (pool = await lido.createPool()));

/** Returns a check that an error is of a class and its text matches. */
function error(kind, pattern) {
  return (thrown) => {
    assert.ok(thrown instanceof kind, `${thrown}`);
    assert.match(thrown.message, pattern);
    return true;
  };
}

function temporaryFolder(t) {
  const folder = fs.mkdtempSync(path.join(tmpdir(), "lido-test-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

function isListening({ endpoint }) {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = net.connect(port, hostname);
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

function signUp({ lido, clientId }, username, email) {
  const UserAttributes = [{ Name: "email", Value: email }];
  return lido.call("SignUp", { ClientId: clientId, Username: username, Password: PASSWORD, UserAttributes });
}

test("server is ready when start returns and gone after stop", async () => {
  const server = await startLido();
  assert.ok(await isListening(server));
  assert.equal(server.region, "us-east-1");
  assert.deepEqual(await server.call("ListUserPools", { MaxResults: 1 }), { UserPools: [] });
  await Promise.all([server.stop(), server.stop()]);
  assert.ok(!(await isListening(server)));
  await assert.rejects(server.messages(), error(LidoError, /does not respond/));
  assert.ok(server.log().includes(server.endpoint));
});

test("disposal stops the server", async () => {
  const server = await startLido();
  await server[Symbol.asyncDispose]();
  assert.ok(!(await isListening(server)));
});

test("package is the same for import and require", async () => {
  const required = createRequire(import.meta.url)("lido-cognito");
  assert.equal(required.startLido, startLido);
  assert.equal(required.OperationError, OperationError);
});

test("options are those of the command line", async () => {
  const server = await startLido({ region: "eu-west-1", confirmationCode: "123456", logFormat: "json" });
  try {
    const own = await server.createPool();
    assert.equal(server.region, "eu-west-1");
    assert.match(own.id, /^eu-west-1_/);
    await signUp(own, "mary", "mary@example.com");
    assert.equal(await own.codeFor("mary"), "123456");
    assert.match(server.log(), /^\{"/m);
  } finally {
    await server.stop();
  }
});

test("store file survives the server", async (t) => {
  const store = `sqlite:${temporaryFolder(t)}/lido.db`;
  const first = await startLido({ store });
  const { id } = await first.createPool();
  await first.stop();
  const second = await startLido({ store });
  t.after(() => second.stop());
  const { UserPool } = await second.call("DescribeUserPool", { UserPoolId: id });
  assert.equal(UserPool.Name, "test");
});

test("signature is the one of the credentials", async (t) => {
  const credentials = path.join(temporaryFolder(t), "credentials.json");
  const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
  const statement = { Effect: "Allow", Action: "cognito-idp:*", Resource: "*" };
  const policies = [{ Version: "2012-10-17", Statement: [statement] }];
  const user = { name: "ci", accessKeyId, secretAccessKey: "secret", policies };
  fs.writeFileSync(credentials, JSON.stringify({ users: [user] }));
  const right = await startLido({ credentials, accessKeyId, secretAccessKey: "secret" });
  t.after(() => right.stop());
  assert.match((await right.createPool()).id, /^us-east-1_/);
  const wrong = connectLido({ ...right.connection, credentials: { accessKeyId, secretAccessKey: "other" } });
  await assert.rejects(wrong.createPool(), error(OperationError, /signature/));
});

test("refused operation rejects with code and text", async () => {
  await assert.rejects(pool.call("AdminGetUser", { Username: "nobody" }), {
    name: "OperationError",
    operation: "AdminGetUser",
    status: 400,
    code: "UserNotFoundException",
    text: "User does not exist.",
  });
});

test("log after a mark is what was printed since", async () => {
  const server = await startLido();
  const other = connectLido(server.connection);
  const mark = server.logSize();
  assert.deepEqual([server.log(mark), other.log(mark), other.logSize()], ["", "", mark]);
  await server.call("ListUserPools", { MaxResults: 1 });
  while (!other.log(mark).includes("ListUserPools")) await sleep(10);
  await server.stop();
  assert.match(server.log(mark), /ListUserPools/);
  assert.ok(!server.log(mark).includes(server.endpoint));
  assert.equal(Buffer.byteLength(server.log()), server.logSize());
});

test("created user signs in", async () => {
  const sub = await pool.createUser("mary", PASSWORD, { email: "mary@example.com" });
  const { AccessToken } = await pool.signIn("mary", PASSWORD);
  const { UserAttributes } = await lido.call("GetUser", { AccessToken });
  assert.deepEqual(UserAttributes.find(({ Name }) => Name === "sub").Value, sub);
  assert.deepEqual(await pool.messages(), []);
});

test("attributes may be numbers and booleans", async () => {
  const pool = await lido.createPool({ pool: { Schema: [{ Name: "size", AttributeDataType: "Number", Mutable: true }] } });
  const attributes = { email: "mary@example.com", email_verified: true, "custom:size": 7 };
  await pool.createUser("mary", PASSWORD, attributes);
  const { UserAttributes } = await pool.call("AdminGetUser", { Username: "mary" });
  const values = Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
  assert.deepEqual([values.email_verified, values["custom:size"]], ["true", "7"]);
  await lido.call("ForgotPassword", { ClientId: pool.clientId, Username: "mary" });
  assert.ok(await pool.codeFor("mary"));
});

test("client secret is used to sign in", async () => {
  assert.throws(() => pool.secretHash("mary"), error(LidoError, /GenerateSecret/));
  const secret = await lido.createPool({ client: { GenerateSecret: true } });
  await secret.createUser("mary", PASSWORD);
  assert.ok((await secret.signIn("mary", PASSWORD)).IdToken);
});

test("sign-in that leads to a challenge is refused", async () => {
  const input = { Username: "mary", TemporaryPassword: PASSWORD, MessageAction: "SUPPRESS" };
  await pool.call("AdminCreateUser", input);
  await assert.rejects(pool.signIn("mary", PASSWORD), error(LidoError, /NEW_PASSWORD_REQUIRED/));
});

test("code confirms the sign-up", async () => {
  await signUp(pool, "mary", "mary@example.com");
  const code = await pool.codeFor("mary");
  const input = { ClientId: pool.clientId, Username: "mary", ConfirmationCode: code };
  await lido.call("ConfirmSignUp", input);
  assert.equal((await pool.call("AdminGetUser", { Username: "mary" })).UserStatus, "CONFIRMED");
  const [message, ...others] = await pool.messages("mary");
  assert.deepEqual(others, []);
  const { to, medium, userPoolId, clientId, trigger } = message;
  assert.deepEqual([message.code, to, medium], [code, "mary@example.com", "EMAIL"]);
  assert.deepEqual([userPoolId, clientId, trigger], [pool.id, pool.clientId, "CustomMessage_SignUp"]);
  assert.ok(Math.abs(message.sentAt - (await lido.clock.now())) < MINUTE);
});

test("code is found by the address of a user whose username is an address", async () => {
  const byAddress = await lido.createPool({ pool: { UsernameAttributes: ["email"] } });
  await signUp(byAddress, "mary@example.com", "mary@example.com");
  await signUp(byAddress, "bob@example.com", "bob@example.com");
  const code = await byAddress.codeFor("mary@example.com");
  assert.deepEqual((await byAddress.messages("mary@example.com")).map((message) => message.code), [code]);
});

test("messages are filtered by the server", async () => {
  await signUp(pool, "mary", "mary@example.com");
  await signUp(pool, "bob", "bob@example.com");
  const names = async (filter) => (await lido.messages({ userPoolId: pool.id, ...filter })).map((m) => m.username);
  assert.deepEqual(await names({}), ["bob", "mary"]);
  assert.deepEqual(await names({ username: "mary", to: undefined }), ["mary"]);
  assert.deepEqual(await names({ to: "bob@example.com" }), ["bob"]);
  await assert.rejects(lido.messages({ user: "mary" }), error(LidoError, /userPoolId, username, to/));
});

test("second code is not the first again", async () => {
  await signUp(pool, "mary", "mary@example.com");
  const first = await pool.codeFor("mary");
  const again = pool.codeFor("mary", { timeout: 0 });
  await assert.rejects(again, error(NoMessageError, new RegExp(`already returned: ${first}`)));
  await lido.call("ResendConfirmationCode", { ClientId: pool.clientId, Username: "mary" });
  const second = await pool.codeFor("mary");
  const sent = await pool.messages("mary");
  assert.deepEqual([sent.length, sent[0].code], [2, second]);
});

test("superseded code is not returned", async () => {
  await signUp(pool, "mary", "mary@example.com");
  await lido.call("ResendConfirmationCode", { ClientId: pool.clientId, Username: "mary" });
  assert.equal(await pool.codeFor("mary"), (await pool.messages("mary"))[0].code);
  await assert.rejects(pool.codeFor("mary", { timeout: 0 }), NoMessageError);
});

test("code that is sent after the answer is waited for", async () => {
  const hiding = await lido.createPool({ client: { PreventUserExistenceErrors: "ENABLED" } });
  await hiding.createUser("mary", PASSWORD, { email: "mary@example.com", email_verified: "true" });
  for (let round = 0; round < 5; round++) {
    await lido.call("ForgotPassword", { ClientId: hiding.clientId, Username: "mary" });
    assert.equal(await hiding.codeFor("mary"), (await hiding.messages("mary"))[0].code);
  }
});

test("message that is sent later is waited for, and not longer", async () => {
  const begun = Date.now();
  const sent = sleep(300).then(() => signUp(pool, "mary", "mary@example.com"));
  const message = await pool.messageFor("mary", { timeout: 25_000 });
  assert.deepEqual([message.to, message.trigger], ["mary@example.com", "CustomMessage_SignUp"]);
  const passed = Date.now() - begun;
  assert.ok(200 < passed && passed < 15_000, `${passed}`);
  await sent;
  const missing = pool.codeFor("mary", { timeout: 300 });
  await assert.rejects(missing, error(NoMessageError, /within 0.3 seconds; already returned/));
});

test("recipient is named by whatever names the user", async () => {
  await signUp(pool, "mary", "mary@example.com");
  const { UserAttributes } = await pool.call("AdminGetUser", { Username: "mary" });
  const sub = UserAttributes.find(({ Name }) => Name === "sub").Value;
  for (const name of ["mary", "mary@example.com", sub]) assert.equal((await pool.messages(name)).length, 1, name);
  assert.deepEqual(await pool.messages("bob"), []);
});

test("tokens are those of a sign-in", async () => {
  const pool = await lido.createPool({ client: { GenerateSecret: true } });
  for (const [username, password] of [["mary", PASSWORD], ["bob/../x?", undefined]]) {
    const sub = await pool.createUser(username, password);
    const { AccessToken } = await pool.tokensFor(username);
    const { UserAttributes } = await lido.call("GetUser", { AccessToken });
    assert.ok(UserAttributes.some(({ Name, Value }) => Name === "sub" && Value === sub));
  }
  const [tokens, signIn] = [await pool.tokensFor("mary"), await pool.signIn("mary", PASSWORD)];
  assert.deepEqual(Object.keys(tokens).sort(), Object.keys(signIn).sort());
  await assert.rejects(pool.tokensFor("nobody"), error(LidoError, /no such user/));
});

test("fault strikes until it is cleared", async () => {
  const gone = { effect: "error", operation: "GetUser", error: "ResourceNotFoundException", message: "gone" };
  const fault = await lido.fault(gone);
  await assert.rejects(lido.call("GetUser", { AccessToken: "a" }), error(OperationError, /NotFoundException: gone/));
  assert.equal(await fault.hits(), 1);
  await fault.clear();
  await fault.clear();
  await assert.rejects(lido.call("GetUser", { AccessToken: "a" }), error(OperationError, /NotAuthorizedException/));
  const unknown = lido.fault({ effect: "throttle", operation: "Nothing" });
  await assert.rejects(unknown, error(LidoError, /operation must be the name of an operation/));
});

test("server of other files gets no fault and no reset", async () => {
  const shared = connectLido(lido.connection);
  await assert.rejects(shared.fault({ effect: "throttle" }), error(LidoError, /share this server/));
  await assert.rejects(shared.reset(), error(LidoError, /share this server/));
  assert.ok(await pool.call("DescribeUserPool"));
});

test("reset leads back to the seed", async (t) => {
  const seed = path.join(temporaryFolder(t), "seed.toml");
  fs.writeFileSync(seed, '[[UserPools]]\nId = "us-east-1_Shop00001"\nPoolName = "shop"\n');
  const server = await startLido({ seed });
  t.after(() => server.stop());
  await server.createPool();
  await server.clock.advance({ days: 1 });
  await server.reset();
  const { UserPools } = await server.call("ListUserPools", { MaxResults: 10 });
  assert.deepEqual(UserPools.map(({ Name }) => Name), ["shop"]);
  assert.ok((await server.clock.now()) - Date.now() < MINUTE);
});

test("clock is set to an instant and back", async (t) => {
  const server = await startLido();
  t.after(() => server.stop());
  const instant = new Date("2030-01-01T12:30:00Z");
  const passed = (await server.clock.set(instant)) - instant;
  assert.ok(0 <= passed && passed < MINUTE, `${passed}`);
  assert.ok((await server.clock.reset()) - Date.now() < MINUTE);
});

test("missing message names what there is", async () => {
  const code = () => pool.codeFor("mary", { timeout: 0 });
  await assert.rejects(code(), error(NoMessageError, /the inbox is empty/));
  await signUp(pool, "bob", "bob@example.com");
  await assert.rejects(code(), error(NoMessageError, /there are messages to bob \(bob@example\.com\)/));
});

test("clock lets a code expire", async (t) => {
  const server = await startLido();
  t.after(() => server.stop());
  const own = await server.createPool();
  await signUp(own, "mary", "mary@example.com");
  const passed = -(await server.clock.now()) + +(await server.clock.advance({ days: 1, minutes: 1 }));
  assert.ok(passed >= DAY + MINUTE && passed < DAY + 2 * MINUTE, `${passed}`);
  const input = { ClientId: own.clientId, Username: "mary", ConfirmationCode: await own.codeFor("mary") };
  await assert.rejects(server.call("ConfirmSignUp", input), { code: "ExpiredCodeException" });
});

test("clock refuses what the server cannot do", async () => {
  for (const seconds of [-1, 0.5, Number.NaN]) {
    await assert.rejects(lido.clock.advance(seconds), error(RangeError, /whole seconds/));
  }
  await assert.rejects(lido.clock.advance({ days: 40_000 }), error(LidoError, /hundred years/));
});

test("openid configuration is that of the pool", async () => {
  const { issuer, jwks_uri } = await pool.openidConfiguration();
  assert.equal(issuer, `${lido.endpoint}/${pool.id}`);
  assert.ok(jwks_uri.startsWith(issuer));
});

test("connection leads another process to the server", async () => {
  const other = connectLido(JSON.parse(JSON.stringify(lido.connection)));
  assert.equal((await other.call("DescribeUserPool", { UserPoolId: pool.id })).UserPool.Id, pool.id);
  assert.equal(other.log(), lido.log());
  await other.stop();
  assert.ok(await isListening(lido));
  assert.throws(() => connectLido(), error(LidoError, /add the set-up of lido-cognito/));
});

test("server ends with a program that forgets it, and leaves no file", async (t) => {
  const script = 'import { startLido } from "lido-cognito"; console.log((await startLido()).endpoint);';
  const cwd = path.dirname(import.meta.dirname ?? new URL(import.meta.url).pathname);
  const temporary = temporaryFolder(t);
  const options = { cwd, env: { ...process.env, TMPDIR: temporary }, timeout: 20_000 };
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], options);
  const endpoint = (await run).stdout.trim();
  const deadline = Date.now() + 5_000;
  while (await isListening({ endpoint })) assert.ok(Date.now() < deadline, `${endpoint} still listens`);
  assert.deepEqual(fs.readdirSync(temporary), []);
});

const SEED = JSON.stringify({
  UserPools: [
    {
      Id: "us-east-1_Shop00001",
      PoolName: "shop",
      Clients: [{ ClientId: "shopweb", ClientName: "web", ExplicitAuthFlows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] }],
      Users: [{ Username: "mary", Password: PASSWORD }],
    },
  ],
});

test("server starts with the users of a seed file, and names what is wrong in it", async (t) => {
  const file = path.join(temporaryFolder(t), "seed.json");
  fs.writeFileSync(file, SEED);
  const server = await startLido({ seed: file });
  t.after(() => server.stop());
  const shop = server.pool("us-east-1_Shop00001", "shopweb");
  assert.ok((await shop.signIn("mary", PASSWORD)).AccessToken);
  fs.writeFileSync(file, SEED.replace("PoolName", "PolName"));
  await assert.rejects(startLido({ seed: [file] }), /seed\.json, line 1: .*did you mean `PoolName`\?/);
});
