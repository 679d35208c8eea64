import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "vitest";
import { testWithClock } from "lido-cognito/vitest";

testWithClock("the app sees that it is throttled", async ({ lido, pool }) => {
  await pool.createUser("mary");
  const { AccessToken } = await pool.tokensFor("mary");
  const cognito = new CognitoIdentityProvider({ ...lido.clientConfig, maxAttempts: 1 });
  const fault = await lido.fault({ effect: "throttle", operation: "GetUser", count: 1 });
  await expect(cognito.getUser({ AccessToken })).rejects.toMatchObject({ name: "TooManyRequestsException" });
  expect(await fault.hits()).toBe(1);
  expect(await cognito.getUser({ AccessToken })).toHaveProperty("Username", "mary");
});
