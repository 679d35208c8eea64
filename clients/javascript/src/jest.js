// Helpers for test files of Jest: a server and a user pool for each test.

const { afterEach, beforeEach } = require("@jest/globals");
const { LidoError } = require("./errors.js");
const { connectLido, startLido } = require("./lido.js");

function usePool(options = {}) {
  return use(async () => ({ lido: connectLido() }), options);
}

function usePoolWithClock({ lidoOptions = {}, ...options } = {}) {
  return use(async () => ({ lido: await startLido(lidoOptions) }), options);
}

/** Returns an object that has the server, its clock and a new pool before each test. */
function use(start, options) {
  const context = {};
  beforeEach(async () => {
    const { lido } = await start();
    Object.assign(context, { lido, clock: lido.clock });
    context.pool = await lido.createPool(options);
  });
  afterEach(async () => {
    const { lido, pool } = context;
    for (const name of Object.keys(context)) delete context[name];
    await pool?.delete().catch((error) => {
      // The test has deleted or protected it, or stopped the server. The pool is lost with the server.
      if (!(error instanceof LidoError)) throw error;
    });
    // Does nothing to the server of the test run.
    await lido?.stop();
  });
  return context;
}

module.exports = { usePool, usePoolWithClock };
