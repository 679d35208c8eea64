import type { TestAPI } from "vitest";
import type { Clock, Lido, Pool, PoolOptions, StartOptions } from "./index.js";

/** What a test gets. */
export interface LidoFixtures {
  /** The server of the test run. */
  lido: Lido;
  /** A new user pool with an app client, deleted after the test. */
  pool: Pool;
  /** How the pool is created; change it with `test.extend({ poolOptions: … })`. */
  poolOptions: PoolOptions;
}

/** What a test with a clock gets: a server of its own. */
export interface LidoClockFixtures extends LidoFixtures {
  /** The clock of that server. */
  clock: Clock;
  /** How that server is started. */
  lidoOptions: StartOptions;
}

/** Vitest's `test` with a server and a pool. Requires `globalSetup: ["lido-cognito/vitest-setup"]`. */
export const test: TestAPI<LidoFixtures>;

/** Vitest's `test` with a server of its own for each test, whose clock the test may set forward. */
export const testWithClock: TestAPI<LidoClockFixtures>;
