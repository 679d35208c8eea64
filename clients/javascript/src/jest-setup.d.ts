import type { StartOptions } from "./index.js";

type Setup = () => Promise<void>;

/** Starts one server for a test run. */
declare const setup: Setup & {
  /** Returns a set-up that starts the server with other options. */
  lidoSetup(options?: StartOptions): Setup;
};
export = setup;
