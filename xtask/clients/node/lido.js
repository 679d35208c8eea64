// Shared by the scripts of this folder: counted checks, a user pool, and its inbox.

import {
    CognitoIdentityProviderClient,
    CreateUserPoolClientCommand,
    CreateUserPoolCommand,
    SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { createHmac } from "node:crypto";
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

/**
 * A pool that verifies mail addresses and knows authenticator apps and passkeys, with further settings, and a public app
 * client of it.
 */
export async function makePool(name, settings) {
    const credentials = { accessKeyId: "dev", secretAccessKey: "dev" };
    const cognito = new CognitoIdentityProviderClient({ endpoint: LIDO, region: "us-east-1", credentials });
    const { UserPool } = await cognito.send(
        new CreateUserPoolCommand({
            PoolName: name,
            AutoVerifiedAttributes: ["email"],
            Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "WEB_AUTHN"] } },
            ...settings,
        }),
    );
    await cognito.send(
        new SetUserPoolMfaConfigCommand({
            UserPoolId: UserPool.Id,
            MfaConfiguration: "OPTIONAL",
            SoftwareTokenMfaConfiguration: { Enabled: true },
            WebAuthnConfiguration: { RelyingPartyId: "localhost", UserVerification: "required" },
        }),
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

/** The message that a user was sent last. */
export async function messageTo(pool, user) {
    const inbox = await fetch(`${LIDO}/_lido/messages?userPoolId=${pool}&username=${user}`);
    return (await inbox.json()).messages[0];
}

/** The code that a user was sent last. */
export async function codeOf(pool, user) {
    return (await messageTo(pool, user)).code;
}

/** What an authenticator app shows (RFC 6238), so many steps of thirty seconds from now. */
export function totp(secret, steps = 0) {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
    const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const digest = createHmac("sha1", key).update(counter).digest();
    const number = digest.readUInt32BE(digest[19] & 15) & 0x7fff_ffff;
    return String(number % 1_000_000).padStart(6, "0");
}
