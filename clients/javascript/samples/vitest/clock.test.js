import { expect } from "vitest";
import { test, testWithClock } from "lido-cognito/vitest";

const DAY = 24 * 60 * 60 * 1000;
const endpoints = [];

testWithClock("a code expires", async ({ lido, pool, clock }) => {
  endpoints.push(lido.endpoint);
  const user = { ClientId: pool.clientId, Username: "mary" };
  const UserAttributes = [{ Name: "email", Value: "mary@example.com" }];
  await lido.call("SignUp", { ...user, Password: "Correct-Horse-1", UserAttributes });
  await clock.advance({ days: 2 });
  const confirmation = lido.call("ConfirmSignUp", { ...user, ConfirmationCode: await pool.codeFor("mary") });
  await expect(confirmation).rejects.toMatchObject({ code: "ExpiredCodeException" });
});

testWithClock("each test with a clock has a server of its own", async ({ lido, clock }) => {
  expect(endpoints).not.toContain(lido.endpoint);
  expect((await clock.now()) - Date.now()).toBeLessThan(DAY);
});

test("the clock of the shared server is not set", async ({ lido }) => {
  expect(endpoints).not.toContain(lido.endpoint);
  expect((await lido.clock.now()) - Date.now()).toBeLessThan(DAY);
});
