const { CognitoIdentityProvider } = require("@aws-sdk/client-cognito-identity-provider");
const { usePool } = require("lido-cognito/jest");

const context = usePool();

test("a user signs up", async () => {
  const { lido, pool } = context;
  const cognito = new CognitoIdentityProvider(lido.clientConfig);
  const user = { ClientId: pool.clientId, Username: "mary" };
  const UserAttributes = [{ Name: "email", Value: "mary@example.com" }];
  await cognito.signUp({ ...user, Password: "Correct-Horse-1", UserAttributes });
  await cognito.confirmSignUp({ ...user, ConfirmationCode: await pool.codeFor("mary") });
  expect(await pool.signIn("mary", "Correct-Horse-1")).toHaveProperty("AccessToken");
});
