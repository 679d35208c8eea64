// Requests to a server, with Node.js alone. Proxies of the environment are not used: the server is on this machine.

const { createHash, createHmac } = require("node:crypto");
const http = require("node:http");
const { LidoError } = require("./errors.js");

const TIMEOUT = 30_000;
const SERVICE = "cognito-idp";
const TARGET = "AWSCognitoIdentityProviderService";

/** Sends a request and returns the status and the JSON of the response. */
async function request(endpoint, method, path, body = "", headers = {}) {
  const { status, text } = await new Promise((resolve, reject) => {
    const sent = http.request(new URL(path, endpoint), { method, headers, agent: false, timeout: TIMEOUT });
    sent.on("timeout", () => sent.destroy(new Error(`no response within ${TIMEOUT / 1000} seconds`)));
    sent.on("error", reject);
    sent.on("response", (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode, text: Buffer.concat(parts).toString("utf8") }),
      );
    });
    sent.end(body);
  }).catch((cause) => {
    throw new LidoError(`the server at ${endpoint} does not respond: ${cause.message}`, { cause });
  });
  try {
    return { status, json: text === "" ? {} : JSON.parse(text) };
  } catch (cause) {
    const shown = JSON.stringify(text);
    throw new LidoError(`${method} ${path}: the response of ${endpoint} is not JSON: ${shown}`, { cause });
  }
}

/** Returns whether the server and its store respond. */
async function isHealthy(endpoint) {
  try {
    return (await request(endpoint, "GET", "/_lido/health")).status === 200;
  } catch {
    return false;
  }
}

/** Returns the headers of an operation, with its AWS signature (Signature Version 4). */
function operationHeaders(endpoint, region, credentials, operation, body) {
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host: new URL(endpoint).host,
    "x-amz-date": time,
    "x-amz-target": `${TARGET}.${operation}`,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = ["POST", "/", "", ...lines, "", names, digest(body)].join("\n");
  const scope = [time.slice(0, 8), region, SERVICE, "aws4_request"];
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), digest(canonical)].join("\n");
  const key = scope.reduce(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString("hex");
  const credential = `${credentials.accessKeyId}/${scope.join("/")}`;
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return headers;
}

function digest(text) {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}

module.exports = { request, isHealthy, operationHeaders };
