// The package: starts a server, or connects to one that the test runner has started.
//
// CommonJS, because Jest loads nothing else by itself; `index.mjs` is the same as an ES module.

const errors = require("./errors.js");
const { connectLido, startLido } = require("./lido.js");

module.exports = {
  startLido,
  connectLido,
  LidoError: errors.LidoError,
  BinaryNotFoundError: errors.BinaryNotFoundError,
  StartError: errors.StartError,
  NoMessageError: errors.NoMessageError,
  OperationError: errors.OperationError,
};
