// Jest's `globalSetup`: starts one server for a test run. Its workers find it by an environment variable.

const { CONNECTION, startLido } = require("./lido.js");

/** The property of the main process's global object under which `jest-teardown` finds the server. */
const SERVER = Symbol.for("lido-cognito.server");

/** Returns a set-up that starts the server with other options. */
function lidoSetup(options = {}) {
  return async () => {
    const lido = await startLido(options);
    globalThis[SERVER] = lido;
    process.env[CONNECTION] = JSON.stringify(lido.connection);
  };
}

module.exports = lidoSetup();
module.exports.lidoSetup = lidoSetup;
module.exports.SERVER = SERVER;
