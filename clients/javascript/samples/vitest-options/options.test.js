import { expect } from "vitest";
import { test } from "lido-cognito/vitest";

test("the server of the run has the options of the set-up", async ({ lido, pool }) => {
  expect(lido.region).toBe("eu-west-1");
  const UserAttributes = [{ Name: "email", Value: "mary@example.com" }];
  const user = { ClientId: pool.clientId, Username: "mary", Password: "Correct-Horse-1", UserAttributes };
  await lido.call("SignUp", user);
  expect(await pool.codeFor("mary")).toBe("123456");
});
