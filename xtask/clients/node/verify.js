// aws-jwt-verify with a custom issuer, for Node.js and browsers.

import { JwtVerifier } from "aws-jwt-verify";
import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";

/** Fetches keys over plain HTTP too; in Node.js its own fetcher speaks HTTPS alone. */
const fetcher = { fetch: async (uri) => (await fetch(uri)).arrayBuffer() };

/** The claims of a token that stands every check which aws-jwt-verify makes of Amazon Cognito's. */
export async function verified({ url, pool, client }, tokenUse, token) {
    const configuration = await (await fetch(`${url}/${pool}/.well-known/openid-configuration`)).json();
    const verifier = JwtVerifier.create(
        {
            issuer: configuration.issuer,
            jwksUri: configuration.jwks_uri,
            audience: null,
            customJwtCheck: ({ payload }) => validateCognitoJwtFields(payload, { tokenUse, clientId: client }),
        },
        { jwksCache: new SimpleJwksCache({ fetcher }) },
    );
    return verifier.verify(token);
}
