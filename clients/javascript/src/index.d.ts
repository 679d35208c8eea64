/** Where a server is, for another process of the same test run. */
export interface Connection {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** The file with the output of the server. */
  logFile: string;
}

/** How a server is started. Further members are options of `lido dev`: `{ logFormat: "json" }` is `--log-format json`. */
export interface StartOptions {
  /** The binary; by default the one that the environment variable `LIDO_BINARY` names, or `lido` on `PATH`. */
  binary?: string;
  /** The milliseconds that the server has to start; 30,000 by default. */
  timeout?: number;
  /** The credentials that sign requests. The server accepts any, unless the option `credentials` is given. */
  accessKeyId?: string;
  secretAccessKey?: string;
  /** The AWS Region in ids; `us-east-1` by default. */
  region?: string;
  /** The code that every message contains, instead of a random one. */
  confirmationCode?: string;
  /** The store; `memory` by default. */
  store?: string;
  /** A seed file, or several: the pools, app clients and users that the server starts with. */
  seed?: string | readonly string[];
  [option: string]: string | number | boolean | readonly (string | number)[] | undefined;
}

/** The settings of a pool: members of CreateUserPool and of CreateUserPoolClient. */
export interface PoolOptions {
  pool?: Record<string, unknown>;
  client?: Record<string, unknown>;
}

/** A mail or SMS to a user. */
export interface Message {
  id: string;
  /** The time of sending by the clock of the server. */
  sentAt: Date;
  userPoolId: string;
  clientId: string | null;
  username: string;
  medium: "EMAIL" | "SMS";
  /** The mail address or phone number. */
  to: string;
  subject: string | null;
  /** The text: HTML for mail, plain for SMS. */
  body: string;
  /** The code by itself; in an invitation, the temporary password. */
  code: string;
  /** The confirmation link, if the message has one. */
  link?: string;
  /** The trigger source of CustomMessage for this message, such as `CustomMessage_SignUp`. */
  trigger: string;
}

/** Which messages are wanted. An absent member matches every message. */
export interface MessageFilter {
  userPoolId?: string;
  /** Whatever names the user: a username, `sub`, alias, mail address or phone number. */
  username?: string;
  to?: string;
}

/** A time to advance by. */
export interface Duration {
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
}

/**
 * The clock of a server. It runs, and can be set, so that codes, sessions and tokens expire in a test.
 *
 * AWS signatures are compared with the real clock, so clients can still sign requests.
 */
export interface Clock {
  /** Sets the clock forward, by seconds or by `{ hours: 1, minutes: 30 }`, and returns its time. */
  advance(by: number | Duration): Promise<Date>;
  /** Sets the clock to an instant, also to an earlier one, and returns its time. */
  set(now: Date): Promise<Date>;
  /** Sets the clock back to the real time and returns it. */
  reset(): Promise<Date>;
  /** Returns the time of the clock. */
  now(): Promise<Date>;
}

/** How requests go wrong. */
export interface FaultRule {
  /** What happens to them; `loseMessages` is success, but no message arrives. */
  effect: "throttle" | "error" | "delay" | "loseMessages";
  /** The operation, such as `SignUp`; without it all. */
  operation?: string;
  /** With the effect `error`: an error that the operation declares, or `InternalErrorException`. */
  error?: string;
  /** The message of that error. */
  message?: string;
  /** How long the requests are held up, such as `2s`; with every effect. */
  delay?: string;
  /** How many requests it strikes; without it all, until the fault is cleared. */
  count?: number;
  /** The part of the requests that it strikes, from 0 to 1. */
  probability?: number;
}

/** A fault of a server. `await using` clears it at the end of a block. */
export interface Fault extends AsyncDisposable {
  readonly id: string;
  /** Returns how many requests it has struck. */
  hits(): Promise<number>;
  /** Ends the fault. Does nothing if it was ended. */
  clear(): Promise<void>;
}

/** A user pool with an app client. */
export interface Pool {
  /** The server of the pool. */
  readonly lido: Lido;
  readonly id: string;
  /** The id of the app client. */
  readonly clientId: string;
  /** The secret of the app client, if it was created with `GenerateSecret`. */
  readonly clientSecret?: string;
  /** Calls an operation about this pool: as `Lido.call`, with `UserPoolId`. */
  call<Output = any>(operation: string, input?: object): Promise<Output>;
  /**
   * Creates a user and returns its `sub`. No message is sent.
   *
   * With a password the user is confirmed. Without one, `tokensFor` signs the user in. An address is verified, which recovery
   * wants, if the attributes say so: `{ email: "mary@example.com", email_verified: true }`.
   */
  createUser(
    username: string,
    password?: string,
    attributes?: Record<string, string | number | boolean>,
  ): Promise<string>;
  /**
   * Signs a user in and returns the `AuthenticationResult`. The app client must have `ALLOW_ADMIN_USER_PASSWORD_AUTH`, as those
   * of `createPool` do.
   *
   * @throws OperationError if the server refuses it.
   * @throws LidoError if the server asks for another factor; such a sign-in is a test's own.
   */
  signIn(username: string, password: string): Promise<Tokens>;
  /**
   * Signs a user in without a password or a second factor, and returns what `signIn` does.
   *
   * The user is named by username, `sub` or alias. The tokens are those of a sign-in, and triggers are called.
   */
  tokensFor(user: string): Promise<Tokens>;
  /** Returns the `SecretHash` of a user, which requests of an app client with a secret contain. */
  secretHash(username: string): string;
  /** Returns the messages of the pool, or those to one user of it, the newest first. */
  messages(user?: string): Promise<Message[]>;
  /** Returns the newest message to a user of the pool, each once: as `Lido.messageFor`. */
  messageFor(user: string, options?: { timeout?: number }): Promise<Message>;
  /** Returns the code of the newest message to a user of the pool, each once: as `Lido.codeFor`. */
  codeFor(user: string, options?: { timeout?: number }): Promise<string>;
  /** Returns what a verifier of tokens needs: `issuer`, `jwks_uri` and more. */
  openidConfiguration(): Promise<{ issuer: string; jwks_uri: string; [name: string]: unknown }>;
  /** Deletes the pool with all that belongs to it. */
  delete(): Promise<void>;
}

/** The `AuthenticationResult` of a sign-in. */
export interface Tokens {
  AccessToken: string;
  IdToken: string;
  RefreshToken: string;
  ExpiresIn: number;
  TokenType: string;
  [name: string]: unknown;
}

/** A running server. */
export interface Lido extends AsyncDisposable {
  /** The address of the server, such as `http://127.0.0.1:41705`. */
  readonly endpoint: string;
  readonly region: string;
  /** AWS credentials that the server accepts. */
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  /** The test clock. */
  readonly clock: Clock;
  /** The configuration of an AWS SDK client: `new CognitoIdentityProviderClient(lido.clientConfig)`. */
  readonly clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** The environment variables that point recent AWS SDKs at the server, for this service alone. */
  readonly environment: Record<string, string>;
  /** What `connectLido` takes in another process. */
  readonly connection: Connection;
  /** Returns what the server has printed so far, without the first `after` bytes. */
  log(after?: number): string;
  /** Returns the number of bytes that the server has printed so far, for `log` later. */
  logSize(): number;
  /**
   * Calls an operation: `await lido.call("AdminGetUser", { UserPoolId: pool.id, Username: "mary" })`. Needs no SDK.
   *
   * @throws OperationError if the server refuses it.
   */
  call<Output = any>(operation: string, input?: object): Promise<Output>;
  /** Creates a user pool with an app client. */
  createPool(options?: PoolOptions): Promise<Pool>;
  /** Returns a user pool with an app client that exist, such as those of a seed file. */
  pool(id: string, clientId: string, clientSecret?: string): Pool;
  /** Returns the messages to users, the newest first. The server keeps the last 1,000. */
  messages(filter?: MessageFilter): Promise<Message[]>;
  /**
   * Returns the newest message to a user, named by username, `sub`, alias, mail address or phone number.
   *
   * Each message is returned once, so that a test that asks for a second one does not get the first again. Waits for at
   * most `timeout` milliseconds (4,000), because some operations answer before their message is sent.
   *
   * @throws NoMessageError if there is none by then.
   */
  messageFor(user: string, options?: { userPoolId?: string; timeout?: number }): Promise<Message>;
  /** Returns the code of the newest message to a user, each once: that of `messageFor`. */
  codeFor(user: string, options?: { userPoolId?: string; timeout?: number }): Promise<string>;
  /**
   * Lets requests go wrong until the fault is cleared: `await lido.fault({ effect: "throttle", operation: "SignUp" })`.
   *
   * @throws LidoError if the server is that of the test run, which other files use.
   */
  fault(rule: FaultRule): Promise<Fault>;
  /**
   * Deletes all pools, messages and faults, sets the clock back, and seeds again if it was started with a seed.
   *
   * @throws LidoError if the server is that of the test run, which other files use.
   */
  reset(): Promise<void>;
  /** Stops the server and waits for its end. Does nothing if another process started it. */
  stop(): Promise<void>;
}

/**
 * Starts `lido dev` on a free port and waits until it serves.
 *
 * @throws BinaryNotFoundError if there is no binary.
 * @throws StartError with the server's own output if it does not start.
 */
export function startLido(options?: StartOptions): Promise<Lido>;

/** Returns the server that the test runner has started, or the one of a connection. */
export function connectLido(connection?: Connection): Lido;

/** The base of all errors of this package. */
export class LidoError extends Error {}

/** There is no binary to start. */
export class BinaryNotFoundError extends LidoError {}

/** The server did not start. The text contains what it printed. */
export class StartError extends LidoError {}

/** A message that a test waits for was not sent in time. */
export class NoMessageError extends LidoError {}

/** The server refused an operation. */
export class OperationError extends LidoError {
  /** The name of the operation, such as `SignUp`. */
  readonly operation: string;
  /** The status of the HTTP response. */
  readonly status: number;
  /** The name of the error, such as `UsernameExistsException`. */
  readonly code: string;
  /** The text of the error. */
  readonly text: string;
}
