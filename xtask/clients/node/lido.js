// What the scripts of this folder have in common: checks that are counted, a pool, and its inbox.

import {
    CognitoIdentityProviderClient,
    CreateUserPoolClientCommand,
    CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isDeepStrictEqual } from "node:util";

export const LIDO = process.argv[2];
export const PASSWORD = "Correct-Horse-1";

let passed = 0;

export function check(name, actual, expected) {
    if (!isDeepStrictEqual(actual, expected)) {
        console.error(`${name}:`, "\n  expected", expected, "\n  but got ", actual);
        process.exit(1);
    }
    passed += 1;
}

export function done(script) {
    console.log(`${script}: ${passed} passed, 0 failed`);
}

/** A pool that verifies mail addresses, and a public app client of it. */
export async function makePool(name) {
    const credentials = { accessKeyId: "dev", secretAccessKey: "dev" };
    const cognito = new CognitoIdentityProviderClient({ endpoint: LIDO, region: "us-east-1", credentials });
    const { UserPool } = await cognito.send(
        new CreateUserPoolCommand({ PoolName: name, AutoVerifiedAttributes: ["email"] }),
    );
    const { UserPoolClient } = await cognito.send(
        new CreateUserPoolClientCommand({
            UserPoolId: UserPool.Id,
            ClientName: "app",
            ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH"],
        }),
    );
    return { url: LIDO, pool: UserPool.Id, client: UserPoolClient.ClientId };
}

/** The code that a user was sent last. */
export async function codeOf(pool, user) {
    const inbox = await fetch(`${LIDO}/_lido/messages?userPoolId=${pool}&username=${user}`);
    return (await inbox.json()).messages[0].code;
}
