// Jest's `globalTeardown`: stops the server that `jest-setup` has started.

const { CONNECTION } = require("./lido.js");
const { SERVER } = require("./jest-setup.js");

module.exports = async () => {
  await globalThis[SERVER]?.stop();
  delete globalThis[SERVER];
  delete process.env[CONNECTION];
};
