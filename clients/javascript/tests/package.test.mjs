// What is packed: every file that `exports` names, and nothing of the tests.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { test } from "node:test";

const root = new URL("..", import.meta.url);
const manifest = JSON.parse(fs.readFileSync(new URL("package.json", root), "utf8"));

/** Returns all paths in a value of `exports`. */
function paths(value) {
  return typeof value === "string" ? [value] : Object.values(value).flatMap(paths);
}

test("packed files are those that the package exports and uses", () => {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8" });
  const parsed = JSON.parse(output);
  const packed = Object.values(parsed)[0].files.map(({ path }) => path);
  for (const path of paths(manifest.exports)) assert.ok(packed.includes(path.slice(2)), path);
  const sources = fs.readdirSync(new URL("src", root)).map((name) => `src/${name}`);
  assert.deepEqual([...packed].sort(), ["README.md", "package.json", ...sources].sort());
});

test("package has no dependencies", () => {
  assert.equal(manifest.dependencies, undefined);
});
