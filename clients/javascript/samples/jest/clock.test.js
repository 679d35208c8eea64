const { connectLido } = require("lido-cognito");
const { usePool, usePoolWithClock } = require("lido-cognito/jest");

const DAY = 24 * 60 * 60 * 1000;

describe("with a clock", () => {
  const context = usePoolWithClock({ pool: { PoolName: "shop" } });

  test("a code expires", async () => {
    const { lido, pool, clock } = context;
    expect(lido.endpoint).not.toBe(connectLido().endpoint);
    const user = { ClientId: pool.clientId, Username: "mary" };
    const UserAttributes = [{ Name: "email", Value: "mary@example.com" }];
    await lido.call("SignUp", { ...user, Password: "Correct-Horse-1", UserAttributes });
    await clock.advance({ days: 2 });
    const confirmation = lido.call("ConfirmSignUp", { ...user, ConfirmationCode: await pool.codeFor("mary") });
    await expect(confirmation).rejects.toMatchObject({ code: "ExpiredCodeException" });
  });

  test("each test with a clock has a server of its own", async () => {
    expect((await context.clock.now()) - Date.now()).toBeLessThan(DAY);
    expect((await context.pool.call("DescribeUserPool")).UserPool.Name).toBe("shop");
  });
});

describe("without a clock", () => {
  const context = usePool();

  test("the clock of the shared server is not set", async () => {
    expect((await context.lido.clock.now()) - Date.now()).toBeLessThan(DAY);
  });
});
