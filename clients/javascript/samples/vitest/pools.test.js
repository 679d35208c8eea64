// A file beside the example of the README, so that the fixtures are tried in several workers at once.

import { expect } from "vitest";
import { test } from "lido-cognito/vitest";

const seen = [];

test("a pool is there", async ({ pool }) => {
  seen.push(pool.id);
  await pool.createUser("mary", "Correct-Horse-1");
});

test("each test has a pool of its own, and the former one is deleted", async ({ lido, pool }) => {
  expect(seen).not.toContain(pool.id);
  expect(await pool.call("ListUsers")).toEqual({ Users: [] });
  const [UserPoolId] = seen;
  await expect(lido.call("DescribeUserPool", { UserPoolId })).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
});

test("a pool that a test deletes or protects is no error", async ({ lido, pool }) => {
  await pool.delete();
  const other = await lido.createPool();
  await other.call("UpdateUserPool", { DeletionProtection: "ACTIVE" });
});

const testShop = test.extend({ poolOptions: { pool: { PoolName: "shop" }, client: { GenerateSecret: true } } });

testShop("a pool has other settings", async ({ pool }) => {
  expect(pool.clientSecret).toBeDefined();
  const { UserPool } = await pool.call("DescribeUserPool");
  expect(UserPool.Name).toBe("shop");
});
