// A file beside the example of the README, so that the helpers are tried in several workers at once.

const { usePool } = require("lido-cognito/jest");

const seen = [];

describe("with defaults", () => {
  const context = usePool();

  test("a pool is there", async () => {
    seen.push(context.pool.id);
    await context.pool.createUser("mary", "Correct-Horse-1");
  });

  test("each test has a pool of its own, and the former one is deleted", async () => {
    const { lido, pool } = context;
    expect(seen).not.toContain(pool.id);
    expect(await pool.call("ListUsers")).toEqual({ Users: [] });
    const [UserPoolId] = seen;
    await expect(lido.call("DescribeUserPool", { UserPoolId })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  test("a pool that a test deletes is no error", async () => {
    await context.pool.delete();
  });
});

describe("with settings", () => {
  const context = usePool({ pool: { PoolName: "shop" }, client: { GenerateSecret: true } });

  test("a pool has other settings", async () => {
    expect(context.pool.clientSecret).toBeDefined();
    expect((await context.pool.call("DescribeUserPool")).UserPool.Name).toBe("shop");
  });
});
