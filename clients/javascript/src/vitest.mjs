// Fixtures for Vitest: `test` with a server and a user pool for each test.

import { inject, test as base } from "vitest";
import { connectLido, LidoError, startLido } from "./index.mjs";

/** Shows what the server prints during a test that fails. */
function showLog(lido, onTestFailed) {
  const before = lido.logSize();
  onTestFailed(() => {
    const printed = lido.log(before);
    if (printed !== "") console.error(`Lido log of the failed test:\n${printed}`);
  });
}

/** Uses a new pool of `lido`, and deletes it afterwards. */
async function usePool(lido, options, use) {
  const pool = await lido.createPool(options);
  await use(pool);
  await pool.delete().catch((error) => {
    // The test has deleted or protected it, or stopped the server. The pool is lost with the server.
    if (!(error instanceof LidoError)) throw error;
  });
}

export const test = base.extend({
  poolOptions: {},
  lido: async ({ onTestFailed }, use) => {
    const connection = inject("lido");
    if (connection === undefined) {
      throw new LidoError('no server was started; add globalSetup: ["lido-cognito/vitest-setup"] to the test configuration');
    }
    const lido = connectLido(connection);
    showLog(lido, onTestFailed);
    await use(lido);
  },
  pool: ({ lido, poolOptions }, use) => usePool(lido, poolOptions, use),
});

export const testWithClock = base.extend({
  poolOptions: {},
  lidoOptions: {},
  // A clock that was set forward stays so, and would let the tokens of other tests come from the future.
  lido: async ({ lidoOptions, onTestFailed }, use) => {
    const lido = await startLido(lidoOptions);
    showLog(lido, onTestFailed);
    await use(lido);
    await lido.stop();
  },
  pool: ({ lido, poolOptions }, use) => usePool(lido, poolOptions, use),
  clock: ({ lido }, use) => use(lido.clock),
});
