// amazon-cognito-identity-js with promises, for Node.js and browsers: one function for each action of a user.

import {
    AuthenticationDetails,
    CognitoUser,
    CognitoUserAttribute,
    CognitoUserPool,
} from "amazon-cognito-identity-js";

const promise = (call) =>
    new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));

/** What users of an app do; `Storage` is where it keeps their tokens, in browsers the local storage. */
export function identity({ url, pool, client }, Storage) {
    const app = new CognitoUserPool({ UserPoolId: pool, ClientId: client, endpoint: url, Storage });
    const named = (name) => new CognitoUser({ Username: name, Pool: app, Storage });
    const current = async () => {
        const user = app.getCurrentUser();
        await promise((then) => user.getSession(then));
        return user;
    };
    const onDevice = async () => {
        const user = await current();
        user.getCachedDeviceKeyAndPassword();
        return user;
    };
    return {
        signUp: (name, password) => {
            const email = new CognitoUserAttribute({ Name: "email", Value: `${name}@example.com` });
            return promise((then) => app.signUp(name, password, [email], [], then));
        },
        confirm: (name, code) => promise((then) => named(name).confirmRegistration(code, false, then)),
        /** By SRP, which it computes itself, as it does for a device that it remembers; `code` is asked for one. */
        signIn: (name, password, code) =>
            new Promise((onSuccess, onFailure) => {
                const user = named(name);
                const details = new AuthenticationDetails({ Username: name, Password: password });
                const callbacks = { onSuccess, onFailure };
                const totpRequired = () => user.sendMFACode(code(), callbacks, "SOFTWARE_TOKEN_MFA");
                user.authenticateUser(details, { ...callbacks, totpRequired });
            }),
        /** Sets an authenticator app up, which shows `code` of its secret, and prefers it. */
        addApp: async (code) => {
            const user = await current();
            const secret = await new Promise((associateSecretCode, onFailure) =>
                user.associateSoftwareToken({ associateSecretCode, onFailure }),
            );
            await new Promise((onSuccess, onFailure) =>
                user.verifySoftwareToken(code(secret), "app", { onSuccess, onFailure }),
            );
            await promise((then) => user.setUserMfaPreference(null, { Enabled: true, PreferredMfa: true }, then));
            return secret;
        },
        /** The devices of the user and whether each is remembered. */
        devices: async () => {
            const user = await current();
            const listed = await new Promise((onSuccess, onFailure) =>
                user.listDevices(10, null, { onSuccess, onFailure }),
            );
            return listed.Devices.map(({ DeviceAttributes }) => {
                const status = DeviceAttributes.find(({ Name }) => Name === "dev:device_remembered_status");
                return status?.Value;
            });
        },
        rememberDevice: async () => {
            const user = await onDevice();
            return new Promise((onSuccess, onFailure) => user.setDeviceStatusRemembered({ onSuccess, onFailure }));
        },
        forgetDevice: async () => {
            const user = await onDevice();
            return new Promise((onSuccess, onFailure) => user.forgetDevice({ onSuccess, onFailure }));
        },
        session: async () => promise((then) => app.getCurrentUser().getSession(then)),
        refresh: async () => {
            const user = await current();
            return promise((then) => user.refreshSession(user.getSignInUserSession().getRefreshToken(), then));
        },
        attributes: async () => {
            const user = await current();
            const attributes = await promise((then) => user.getUserAttributes(then));
            return Object.fromEntries(attributes.map(({ Name, Value }) => [Name, Value]));
        },
        /** Revokes the tokens and forgets them. */
        signOut: async () => {
            const user = await current();
            return promise((then) => user.signOut(then));
        },
        /** Signs out everywhere. */
        signOutEverywhere: async () => {
            const user = await current();
            return new Promise((onSuccess, onFailure) => user.globalSignOut({ onSuccess, onFailure }));
        },
        isSignedIn: () => app.getCurrentUser() !== null,
    };
}
