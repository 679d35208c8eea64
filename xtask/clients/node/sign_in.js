// Runs amazon-cognito-identity-js and aws-jwt-verify in Node.js against `lido dev`.
//
// Usage: node sign_in.js URL

import { identity } from "./identity.js";
import { PASSWORD, check, codeOf, done, makePool, totp } from "./lido.js";
import { verified } from "./verify.js";

const refusal = (call) => call.then(() => "no refusal", ({ code, message }) => [code, message]);

const app = await makePool("node");
const users = identity(app);

const signedUp = await users.signUp("mary", PASSWORD);
check("signs up", [signedUp.userConfirmed, signedUp.codeDeliveryDetails.Destination], [false, "m***@e***"]);
check("before the confirmation", await refusal(users.signIn("mary", PASSWORD)), [
    "UserNotConfirmedException",
    "User is not confirmed.",
]);
check("confirms", await users.confirm("mary", await codeOf(app.pool, "mary")), "SUCCESS");
check("a wrong password", await refusal(users.signIn("mary", "Wrong-Horse-1")), [
    "NotAuthorizedException",
    "Incorrect username or password.",
]);

const session = await users.signIn("mary", PASSWORD);
check("signs in by SRP", session.isValid(), true);
const id = await verified(app, "id", session.getIdToken().getJwtToken());
check("the id token", [id["cognito:username"], id.email, id.email_verified], ["mary", "mary@example.com", true]);
const access = await verified(app, "access", session.getAccessToken().getJwtToken());
check("the access token", [access.username, access.sub], ["mary", id.sub]);

const refreshed = await users.refresh();
const renewed = await verified(app, "access", refreshed.getAccessToken().getJwtToken());
check("refreshes", [renewed.jti !== access.jti, renewed.origin_jti], [true, access.origin_jti]);
check("gets the user", (await users.attributes()).email_verified, "true");

const refreshToken = session.getRefreshToken();
await users.signOut();
check("forgets the user", users.isSignedIn(), false);
await users.signIn("mary", PASSWORD);
await users.signOutEverywhere();
check("signs out everywhere", users.isSignedIn(), false);

// A remembered device replaces the code of an authenticator app, by SRP with its own password.
const tracking = await makePool("devices", {
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true },
});
const owner = identity(tracking);
const noCode = () => {
    throw new Error("asked for a code on a device that is remembered");
};
await owner.signUp("zoe", PASSWORD);
await owner.confirm("zoe", await codeOf(tracking.pool, "zoe"));
await owner.signIn("zoe", PASSWORD, noCode);
check("a new device", await owner.devices(), ["not_remembered"]);
const secret = await owner.addApp((secret) => totp(secret));
await owner.signIn("zoe", PASSWORD, () => totp(secret, 1));
check("remembers the device", await owner.rememberDevice(), "SUCCESS");
check("a device that is remembered", await owner.devices(), ["remembered"]);
const onDevice = await owner.signIn("zoe", PASSWORD, noCode);
const told = await verified(tracking, "access", onDevice.getAccessToken().getJwtToken());
check("signs in by SRP of the device", told.username, "zoe");
check("no other device", await owner.devices(), ["remembered"]);
check("refreshes on its device", (await owner.refresh()).isValid(), true);
check("forgets the device", await owner.forgetDevice(), "SUCCESS");
check("a wrong code", await refusal(owner.signIn("zoe", PASSWORD, () => "none")), [
    "CodeMismatchException",
    "Invalid code received for user",
]);
done("sign_in.js");
