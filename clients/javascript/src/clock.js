// The test clock of a server.

const { control } = require("./control.js");

/**
 * The clock of a server. It runs, and can be set, so that codes, sessions and tokens expire in a test.
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
    return this.#time("POST", { advanceSeconds });
  }

  set(now) {
    return this.#time("PUT", { now: now.toISOString() });
  }

  reset() {
    return this.#time("DELETE");
  }

  now() {
    return this.#time("GET");
  }

  async #time(method, body) {
    return new Date((await control(this.#endpoint, method, ["clock"], { body })).now);
  }
}

module.exports = { Clock };
