// Vitest's `globalSetup`: starts one server for a test run.

import { startLido } from "./index.mjs";

/** Returns a set-up that starts the server with other options. */
export function lidoSetup(options = {}) {
  return async (project) => {
    const lido = await startLido(options);
    project.provide("lido", lido.connection);
    return () => lido.stop();
  };
}

export default lidoSetup();
