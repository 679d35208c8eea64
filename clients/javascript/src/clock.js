// The test clock of a server.

const { LidoError } = require("./errors.js");
const { request } = require("./http.js");

/**
 * The clock of a server. It runs, and can be set forward, so that codes, sessions and tokens expire in a test.
 *
 * AWS signatures are compared with the real clock, so clients can still sign requests.
 */
class Clock {
  #endpoint;

  constructor(endpoint) {
    this.#endpoint = endpoint;
  }

  async advance(by = {}) {
    const { days = 0, hours = 0, minutes = 0, seconds = 0 } = typeof by === "number" ? { seconds: by } : by;
    const advanceSeconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    if (!Number.isInteger(advanceSeconds) || advanceSeconds < 0) {
      throw new RangeError(`the clock goes forward by whole seconds, not by ${advanceSeconds}`);
    }
    const body = JSON.stringify({ advanceSeconds });
    const { status, json } = await request(this.#endpoint, "POST", "/_lido/clock", body);
    if (status !== 200) throw new LidoError(`the clock was not set: ${json.message ?? status}`);
    return new Date(json.now);
  }

  now() {
    return this.advance(0);
  }
}

module.exports = { Clock };
