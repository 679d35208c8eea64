// The errors of this package.

/** The base of all errors of this package. */
class LidoError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** There is no binary to start. */
class BinaryNotFoundError extends LidoError {}

/** The server did not start. The text contains what it printed. */
class StartError extends LidoError {}

/** A message that a test waits for was not sent in time. */
class NoMessageError extends LidoError {}

/** The server refused an operation. */
class OperationError extends LidoError {
  constructor(operation, status, code, text) {
    super(`${operation}: ${code}: ${text}`);
    this.operation = operation;
    this.status = status;
    this.code = code;
    this.text = text;
  }
}

module.exports = { LidoError, BinaryNotFoundError, StartError, NoMessageError, OperationError };
