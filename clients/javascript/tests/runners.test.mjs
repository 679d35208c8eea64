// What test runners show and clean up: runs of small projects that fail.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Runs a test runner in a project of the files, below the package, so that it finds its packages. */
function run(t, runner, files) {
  const folder = fs.mkdtempSync(path.join(root, "project-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
  const env = { ...process.env, TMPDIR: folder, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", ...runner], { cwd: folder, env, encoding: "utf8" });
  // The temporary folder of a server is removed when it is stopped.
  const servers = fs.readdirSync(folder).filter((name) => name.startsWith("lido-"));
  return { status, output: stdout + stderr, servers };
}

const VITEST = ["vitest", "run", "--root", "."];
const VITEST_CONFIG = 'export default { test: { globalSetup: ["lido-cognito/vitest-setup"] } };';
const VITEST_TEST = `
import { test } from "lido-cognito/vitest";
test("first", ({ lido }) => lido.call("ListUserPools", { MaxResults: 1 }));
test("second", async ({ lido, pool }) => { throw new Error(\`\${pool.id} fails\`); });
`;

test("failed test of Vitest shows what the server printed during it", (t) => {
  const { status, output, servers } = run(t, VITEST, { "vitest.config.mjs": VITEST_CONFIG, "a.test.js": VITEST_TEST });
  assert.equal(status, 1, output);
  assert.match(output, /Lido log of the failed test:\n.*operation="CreateUserPool"/);
  assert.deepEqual(servers, []);
});

test("Vitest without the set-up names it", (t) => {
  const { status, output } = run(t, VITEST, { "vitest.config.mjs": "export default {};", "a.test.js": VITEST_TEST });
  assert.equal(status, 1, output);
  assert.match(output, /add globalSetup: \["lido-cognito\/vitest-setup"\]/);
});

test("failed test of Jest leaves no server", (t) => {
  const config = { globalSetup: "lido-cognito/jest-setup", globalTeardown: "lido-cognito/jest-teardown" };
  const { status, output, servers } = run(t, ["jest"], {
    "jest.config.js": `module.exports = ${JSON.stringify(config)};`,
    "a.test.js": `
const { usePool } = require("lido-cognito/jest");
const context = usePool();
test("fails", () => { throw new Error(\`\${context.pool.id} fails\`); });
`,
  });
  assert.equal(status, 1, output);
  assert.match(output, /us-east-1_\w+ fails/);
  assert.deepEqual(servers, []);
});
