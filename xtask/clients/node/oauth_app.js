// A user pool whose user signs in through the OAuth endpoints, and the form of the sign-in page.

import {
    AdminCreateUserCommand,
    AdminSetUserPasswordCommand,
    CognitoIdentityProviderClient,
    CreateUserPoolClientCommand,
    CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";

import { LIDO, PASSWORD } from "./lido.js";

/** A pool with the user mary, an app client with a secret, and a public one. */
export async function makeOAuthApp(name, back) {
    const credentials = { accessKeyId: "dev", secretAccessKey: "dev" };
    const cognito = new CognitoIdentityProviderClient({ endpoint: LIDO, region: "us-east-1", credentials });
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: name }));
    const [UserPoolId, Username, email] = [UserPool.Id, "mary", "mary@example.com"];
    const UserAttributes = [{ Name: "email", Value: email }, { Name: "email_verified", Value: "true" }];
    await cognito.send(
        new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" }),
    );
    await cognito.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: PASSWORD, Permanent: true }),
    );
    const makeClient = async (GenerateSecret) => {
        const settings = {
            AllowedOAuthFlowsUserPoolClient: true,
            AllowedOAuthFlows: ["code"],
            AllowedOAuthScopes: ["aws.cognito.signin.user.admin", "openid", "email", "profile"],
            CallbackURLs: [back],
            LogoutURLs: [back],
        };
        const command = new CreateUserPoolClientCommand({ UserPoolId, ClientName: "web", GenerateSecret, ...settings });
        return (await cognito.send(command)).UserPoolClient;
    };
    const { ClientId: client, ClientSecret: secret } = await makeClient(true);
    const { ClientId: publicClient } = await makeClient(false);
    return { issuer: `${LIDO}/${UserPoolId}`, client, secret, publicClient, username: Username, email };
}

/** Signs the user in on the page that a browser would show, and returns where the browser goes then. */
export async function signInOnPage(url, username) {
    const authorize = await fetch(url, { redirect: "manual" });
    const login = authorize.headers.get("location");
    const page = await fetch(login);
    const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    const [, token] = (await page.text()).match(/name="_csrf" value="([^"]*)"/);
    const sent = await fetch(login, {
        method: "POST",
        redirect: "manual",
        headers: { cookie: cookies.join("; ") },
        body: new URLSearchParams({ _csrf: token, username, password: PASSWORD }),
    });
    return new URL(sent.headers.get("location"));
}
