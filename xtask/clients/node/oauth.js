// Runs openid-client and oauth4webapi, which check strictly, through whole code flows at the OAuth endpoints of `lido dev`.
//
// Usage: node oauth.js URL

import * as oauth from "oauth4webapi";
import * as openid from "openid-client";

import { check, done } from "./lido.js";
import { makeOAuthApp, signInOnPage } from "./oauth_app.js";

const BACK = "http://localhost:3000/back";
const app = await makeOAuthApp("oauth", BACK);

// openid-client, as a confidential client with Basic.
const config = await openid.discovery(new URL(app.issuer), app.client, app.secret, openid.ClientSecretBasic(app.secret), {
    execute: [openid.allowInsecureRequests],
});
const verifier = openid.randomPKCECodeVerifier();
const [state, nonce] = [openid.randomState(), openid.randomNonce()];
const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: BACK,
    scope: "openid email",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
});
const back = await signInOnPage(url, app.username);
const tokens = await openid.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
});
check("openid-client signs in", [tokens.claims().email, tokens.expires_in], [app.email, 3600]);
const info = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
check("openid-client gets the user", [info.username, info.email_verified], [app.username, "true"]);
const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token);
check("openid-client refreshes", renewed.claims().sub, tokens.claims().sub);
await openid.tokenRevocation(config, tokens.refresh_token);
const gone = await openid.refreshTokenGrant(config, tokens.refresh_token).catch((error) => error.error);
check("openid-client revokes", gone, "invalid_grant");

// oauth4webapi, as a public client without a nonce: it refuses one that it has not sent.
const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(app.issuer);
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const client = { client_id: app.publicClient };
const codeVerifier = oauth.generateRandomCodeVerifier();
const authorize = new URL(server.authorization_endpoint);
authorize.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: BACK,
    response_type: "code",
    scope: "openid",
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: "S256",
    state: "s",
});
const parameters = oauth.validateAuthResponse(server, client, await signInOnPage(authorize, app.username), "s");
const exchanged = await oauth.authorizationCodeGrantRequest(
    server, client, oauth.None(), parameters, BACK, codeVerifier, insecure,
);
const result = await oauth.processAuthorizationCodeResponse(server, client, exchanged, { requireIdToken: true });
check("oauth4webapi signs in", oauth.getValidatedIdTokenClaims(result)["cognito:username"], app.username);

done("openid-client and oauth4webapi");
