// The page of browser_redirect.js: an app that signs its user in with Amplify's signInWithRedirect.

import { Amplify } from "aws-amplify";
import { fetchAuthSession, fetchUserAttributes, getCurrentUser, signInWithRedirect, signOut } from "aws-amplify/auth";
import "aws-amplify/auth/enable-oauth-listener";
import { Hub } from "aws-amplify/utils";

const { url, pool, client, domain } = window.app;
const here = [`${location.origin}/`];

Hub.listen("auth", ({ payload }) => (window.lastEvent = payload.event));
Amplify.configure({
    Auth: {
        Cognito: {
            userPoolId: pool,
            userPoolClientId: client,
            userPoolEndpoint: url,
            loginWith: {
                oauth: {
                    domain,
                    scopes: ["openid", "email", "aws.cognito.signin.user.admin"],
                    redirectSignIn: here,
                    redirectSignOut: here,
                    responseType: "code",
                },
            },
        },
    },
});

/** Returns what a step returns, or the name of its error. */
const caught = (step) => step().catch((error) => error.name);

window.amplify = {
    signIn: () => caught(signInWithRedirect),
    signOut: () => caught(signOut),
    user: () => caught(async () => (await getCurrentUser()).username),
    email: () => caught(async () => (await fetchUserAttributes()).email),
    claims: (options) => caught(async () => (await fetchAuthSession(options)).tokens.idToken.payload),
};
