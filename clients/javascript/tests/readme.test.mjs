// The examples of README.md: those of Vitest and Jest are the files of the sample projects, which `npm test` runs; that
// of other test runners runs here.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { test } from "node:test";

const root = new URL("..", import.meta.url);
const read = (path) => fs.readFileSync(new URL(path, root), "utf8");
const examples = [...read("README.md").matchAll(/^```js\n(.*?)^```/gms)].map(([, text]) => text);

test("examples of Vitest and Jest are files of the sample projects", () => {
  const files = ["vitest/vitest.config.mjs", "vitest/sign-up.test.js", "vitest/faults.test.js", "vitest/secret.test.js"];
  files.push("vitest-options/lido.setup.mjs", "jest/jest.config.js", "jest/sign-up.test.js");
  assert.deepEqual(examples.slice(0, -1), files.map((file) => read(`samples/${file}`)));
});

test("example of other test runners prints the pool", () => {
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", examples.at(-1)], {
    cwd: root,
    encoding: "utf8",
  });
  assert.match(output, /^http:\/\/127\.0\.0\.1:\d+ us-east-1_\w+ \w+\n$/);
});
