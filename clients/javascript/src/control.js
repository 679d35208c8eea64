// Requests to `/_lido/`, by which a test controls its server: docs/control.md in the repository.

const { LidoError } = require("./errors.js");
const { request } = require("./http.js");

/** Sends a request to a path of `/_lido/` and returns its answer. Undefined parameters and members are left out. */
async function control(endpoint, method, segments, { query = {}, body } = {}) {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined));
  const path = `/_lido/${segments.map(encodeURIComponent).join("/")}${given.size > 0 ? `?${given}` : ""}`;
  const text = body === undefined ? "" : JSON.stringify(body);
  const { status, json } = await request(endpoint, method, path, text);
  if (status !== 200 && status !== 201) {
    throw new LidoError(`${method} ${path} was refused: ${json.message ?? status}`);
  }
  return json;
}

module.exports = { control };
