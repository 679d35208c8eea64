// Faults on demand: requests that go wrong, so that a test sees what the app does.

const { control } = require("./control.js");

class Fault {
  #endpoint;

  constructor(endpoint, id) {
    this.#endpoint = endpoint;
    this.id = id;
  }

  async hits() {
    return (await control(this.#endpoint, "GET", ["faults", this.id])).hits;
  }

  async clear() {
    const { faults } = await control(this.#endpoint, "GET", ["faults"]);
    if (faults.some(({ id }) => id === this.id)) await control(this.#endpoint, "DELETE", ["faults", this.id]);
  }

  async [Symbol.asyncDispose]() {
    await this.clear();
  }
}

module.exports = { Fault };
