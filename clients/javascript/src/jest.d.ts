import type { Clock, Lido, Pool, PoolOptions, StartOptions } from "./index.js";

/** What each test finds: filled before it, empty after it. */
export interface LidoContext {
  /** The server of the test run. */
  readonly lido: Lido;
  /** A new user pool with an app client, deleted after the test. */
  readonly pool: Pool;
}

/** What each test with a clock finds: a server of its own. */
export interface LidoClockContext extends LidoContext {
  /** The clock of that server. */
  readonly clock: Clock;
}

/** Gives each test of the file, or of a describe block, a new pool. Requires `globalSetup: "lido-cognito/jest-setup"`. */
export function usePool(options?: PoolOptions): LidoContext;

/** Gives each test a server of its own, whose clock the test may set forward. */
export function usePoolWithClock(options?: PoolOptions & { lidoOptions?: StartOptions }): LidoClockContext;
