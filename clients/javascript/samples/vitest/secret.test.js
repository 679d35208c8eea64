import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { expect } from "vitest";
import { test } from "lido-cognito/vitest";

const poolOptions = { pool: { UsernameAttributes: ["email"] }, client: { GenerateSecret: true } };

test.extend({ poolOptions })("a user of a client with a secret signs up", async ({ lido, pool }) => {
  const cognito = new CognitoIdentityProvider(lido.clientConfig);
  const Username = "mary@example.com";
  const user = { ClientId: pool.clientId, Username, SecretHash: pool.secretHash(Username) };
  await cognito.signUp({ ...user, Password: "Correct-Horse-1" });
  await cognito.confirmSignUp({ ...user, ConfirmationCode: await pool.codeFor(Username) });
  expect(await pool.signIn(Username, "Correct-Horse-1")).toHaveProperty("AccessToken");
});
