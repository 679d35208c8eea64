// The script of the page: steps for each library, which browser.js calls one by one.

import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { identity } from "./identity.js";
import { verified } from "./verify.js";

const app = Object.fromEntries(new URLSearchParams(location.search));

Amplify.configure({
    Auth: { Cognito: { userPoolId: app.pool, userPoolClientId: app.client, userPoolEndpoint: app.url } },
});

const next = ({ nextStep }) => nextStep.signUpStep ?? nextStep.signInStep ?? nextStep.resetPasswordStep;

const amplify = {
    /** `autoSignIn` is how Amplify signs in by itself after the confirmation. */
    signUp: async (username, password, autoSignIn) => {
        const userAttributes = { email: `${username}@example.com` };
        return next(await auth.signUp({ username, password, options: { userAttributes, autoSignIn } }));
    },
    resend: async (username) => (await auth.resendSignUpCode({ username })).destination,
    confirm: async (username, confirmationCode) => next(await auth.confirmSignUp({ username, confirmationCode })),
    autoSignIn: async () => next(await auth.autoSignIn()),
    signIn: async (username, password, options) => next(await auth.signIn({ username, password, options })),
    confirmSignIn: async (challengeResponse) => next(await auth.confirmSignIn({ challengeResponse })),
    forget: async (username) => next(await auth.resetPassword({ username })),
    reset: async (username, confirmationCode, newPassword) =>
        auth.confirmResetPassword({ username, confirmationCode, newPassword }),
    changePassword: async (oldPassword, newPassword) => auth.updatePassword({ oldPassword, newPassword }),
    changeAttributes: async (userAttributes) => auth.updateUserAttributes({ userAttributes }),
    totpSecret: async () => (await auth.setUpTOTP()).sharedSecret,
    useTotp: async (code) => {
        await auth.verifyTOTPSetup({ code });
        await auth.updateMFAPreference({ totp: "PREFERRED" });
        return auth.fetchMFAPreference();
    },
    addPasskey: async () => auth.associateWebAuthnCredential(),
    passkeys: async () => (await auth.listWebAuthnCredentials()).credentials,
    deletePasskey: async (credentialId) => auth.deleteWebAuthnCredential({ credentialId }),
    deleteUser: async () => auth.deleteUser(),
    user: async () => (await auth.getCurrentUser()).username,
    attributes: async () => auth.fetchUserAttributes(),
    accessToken: async (options) => (await auth.fetchAuthSession(options)).tokens?.accessToken.toString(),
    claims: async () => {
        const { tokens } = await auth.fetchAuthSession();
        await verified(app, "access", tokens.accessToken.toString());
        return verified(app, "id", tokens.idToken.toString());
    },
    signOut: async (options) => auth.signOut(options),
};

const users = identity(app);
const identityJs = {
    ...users,
    signUp: async (name, password) => (await users.signUp(name, password)).userConfirmed,
    signIn: async (name, password) => (await users.signIn(name, password)).isValid(),
    refresh: async () => (await users.refresh()).isValid(),
    claims: async () => {
        const session = await users.session();
        await verified(app, "access", session.getAccessToken().getJwtToken());
        return verified(app, "id", session.getIdToken().getJwtToken());
    },
};

const sdk = new CognitoIdentityProvider({
    endpoint: app.url,
    region: "us-east-1",
    credentials: { accessKeyId: "dev", secretAccessKey: "dev" },
});
const awsSdk = {
    nameOfPool: async () => (await sdk.describeUserPool({ UserPoolId: app.pool })).UserPool.Name,
    signUp: async (name, password) =>
        (await sdk.signUp({ ClientId: app.client, Username: name, Password: password })).UserConfirmed,
};

const steps = { amplify, awsSdk, identityJs };

/** Does a step. What it throws is a value too, for the driver to compare. */
window.step = async (library, name, values) => {
    try {
        return (await steps[library][name](...values)) ?? "nothing";
    } catch (error) {
        return `${error.code ?? error.name}: ${error.message}`;
    }
};
