import type { TestProject } from "vitest/node";
import type { Connection, StartOptions } from "./index.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** The server of the test run, for `connectLido`. */
    lido: Connection;
  }
}

type Setup = (project: TestProject) => Promise<() => Promise<void>>;

/** Returns a set-up that starts the server with other options. */
export function lidoSetup(options?: StartOptions): Setup;

/** Starts one server for a test run. */
declare const setup: Setup;
export default setup;
