// Runs Amplify v6, amazon-cognito-identity-js and the AWS SDK in headless Chromium against `lido dev`, from a page of
// another origin.
//
// Usage: node browser.js URL CHROMIUM

import { build } from "esbuild";
import { once } from "node:events";
import { createServer } from "node:http";
import puppeteer from "puppeteer-core";
import { LIDO, PASSWORD, check, codeOf, done, makePool, totp } from "./lido.js";

const bundle = await build({
    entryPoints: ["page.js"],
    bundle: true,
    write: false,
    define: { global: "globalThis" },
});
const files = {
    "/page": ["text/html", '<!doctype html><script src="/page.js"></script>'],
    "/page.js": ["text/javascript", bundle.outputFiles[0].text],
};
const server = createServer((request, answer) => {
    const [type, text] = files[request.url.split("?")[0]] ?? ["text/plain", "Nothing is here."];
    answer.setHeader("Content-Type", type).end(text);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const app = await makePool("browser");
const browser = await puppeteer.launch({
    executablePath: process.argv[3],
    // The sandbox of Chromium does not work for root, as in containers.
    args: ["--no-sandbox"],
});
const page = await browser.newPage();

/** How often the browser asked Lido whether the page may. */
let preflights = 0;
const devtools = await page.createCDPSession();
devtools.on("Network.requestWillBeSent", ({ request }) => {
    if (request.method === "OPTIONS" && request.url.startsWith(LIDO)) preflights += 1;
});
await devtools.send("Network.enable");

// Passkeys need a domain name instead of an IP address.
await page.goto(`http://localhost:${server.address().port}/page?${new URLSearchParams(app)}`);
const steps = (library) => (name, ...values) =>
    page.evaluate((...step) => window.step(...step), library, name, values);
const amplify = steps("amplify");
const awsSdk = steps("awsSdk");
const identityJs = steps("identityJs");
const WRONG_PASSWORD = "NotAuthorizedException: Incorrect username or password.";

// Amplify: the session of ConfirmSignUp signs in.
const byChoice = { authFlowType: "USER_AUTH" };
check("Amplify signs up", await amplify("signUp", "mary", PASSWORD, byChoice), "CONFIRM_SIGN_UP");
check("Amplify asks for another code", await amplify("resend", "mary"), "m***@e***");
check("Amplify confirms", await amplify("confirm", "mary", await codeOf(app.pool, "mary")), "COMPLETE_AUTO_SIGN_IN");
check("Amplify signs in by itself", await amplify("autoSignIn"), "DONE");
const claims = await amplify("claims");
check("Amplify's claims", [claims["cognito:username"], claims.email_verified], ["mary", true]);

// It stores the tokens, also over a reload, and renews them.
await page.reload();
check("Amplify remembers", await amplify("user"), "mary");
check("Amplify gets the user", (await amplify("attributes")).email, "mary@example.com");
const [before, after] = [await amplify("accessToken"), await amplify("accessToken", { forceRefresh: true })];
check("Amplify refreshes", [before !== after, await amplify("accessToken")], [true, after]);
check("Amplify signs out", await amplify("signOut"), "nothing");
check("Amplify has forgotten", await amplify("accessToken"), "nothing");

// By SRP, by choice, and with a wrong password.
check("Amplify, a wrong password", await amplify("signIn", "mary", "Wrong-Horse-1"), WRONG_PASSWORD);
check("Amplify signs in by SRP", await amplify("signIn", "mary", PASSWORD), "DONE");
check("Amplify signs out everywhere", await amplify("signOut", { global: true }), "nothing");
check(
    "Amplify is offered a choice",
    await amplify("signIn", "mary", undefined, byChoice),
    "CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION",
);
check("Amplify chooses", await amplify("confirmSignIn", "PASSWORD_SRP"), "CONFIRM_SIGN_IN_WITH_PASSWORD");
check("Amplify signs in by choice", await amplify("confirmSignIn", PASSWORD), "DONE");
await amplify("signOut");

// By a passkey, with a virtual authenticator of the browser.
await devtools.send("WebAuthn.enable");
await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
    },
});
const byPasskey = { ...byChoice, preferredChallenge: "WEB_AUTHN" };
await amplify("signIn", "mary", PASSWORD);
check("Amplify adds a passkey", await amplify("addPasskey"), "nothing");
const [passkey] = await amplify("passkeys");
check("Amplify lists it", passkey.relyingPartyId, "localhost");
await amplify("signOut");
check("Amplify signs in by it", await amplify("signIn", "mary", undefined, byPasskey), "DONE");
check("Amplify deletes it", await amplify("deletePasskey", passkey.credentialId), "nothing");
check("Amplify has none left", await amplify("passkeys"), []);
await amplify("signOut");

// Without USER_AUTH, Amplify remembers the password and signs in by SRP.
check("Amplify signs bob up", await amplify("signUp", "bob", PASSWORD, true), "CONFIRM_SIGN_UP");
check("Amplify confirms bob", await amplify("confirm", "bob", await codeOf(app.pool, "bob")), "COMPLETE_AUTO_SIGN_IN");
check("Amplify signs bob in by itself", await amplify("autoSignIn"), "DONE");

// The user changes attributes, password and factors, and is deleted. A code of an authenticator app is valid once.
const [FORGOTTEN, CHANGED] = ["Battery-Staple-2", "Battery-Staple-3"];
check("Amplify changes attributes", (await amplify("changeAttributes", { name: "Bob" })).name.isUpdated, true);
check("Amplify gets what it changed", (await amplify("attributes")).name, "Bob");
await amplify("signOut");
check("Amplify forgets a password", await amplify("forget", "bob"), "CONFIRM_RESET_PASSWORD_WITH_CODE");
check("Amplify resets it", await amplify("reset", "bob", await codeOf(app.pool, "bob"), FORGOTTEN), "nothing");
check("Amplify signs in by the new one", await amplify("signIn", "bob", FORGOTTEN), "DONE");
check("Amplify changes the password", await amplify("changePassword", FORGOTTEN, CHANGED), "nothing");
const secret = await amplify("totpSecret");
check("Amplify sets up an app", await amplify("useTotp", totp(secret)), { enabled: ["TOTP"], preferred: "TOTP" });
await amplify("signOut");
check("Amplify asks for a code", await amplify("signIn", "bob", CHANGED), "CONFIRM_SIGN_IN_WITH_TOTP_CODE");
check("Amplify signs in by it", await amplify("confirmSignIn", totp(secret, 1)), "DONE");
check("Amplify deletes the user", await amplify("deleteUser"), "nothing");
check("Amplify, an unknown user", await amplify("signIn", "bob", CHANGED), "UserNotFoundException: User does not exist.");

// amazon-cognito-identity-js. Amplify disables caching, so that the browser sends a preflight before each of its calls.
preflights = 0;
check("identity-js signs up", await identityJs("signUp", "carol", PASSWORD), false);
check("identity-js confirms", await identityJs("confirm", "carol", await codeOf(app.pool, "carol")), "SUCCESS");
check("identity-js, a wrong password", await identityJs("signIn", "carol", "Wrong-Horse-1"), WRONG_PASSWORD);
check("identity-js signs in by SRP", await identityJs("signIn", "carol", PASSWORD), true);
check("identity-js's claims", (await identityJs("claims")).email, "carol@example.com");
await page.reload();
check("identity-js remembers", await identityJs("isSignedIn"), true);
check("identity-js refreshes", await identityJs("refresh"), true);
check("identity-js gets the user", (await identityJs("attributes")).email_verified, "true");
check("identity-js signs out", await identityJs("signOut"), "nothing");
check("identity-js has forgotten", await identityJs("isSignedIn"), false);

check("identity-js is asked for by one preflight", preflights, 1);

// The AWS SDK signs its requests, so that the preflight asks for more headers. No signature is verified here, so that a
// page of another origin may not administer pools; a tool may.
const refusal = `ForbiddenException: Signed operations are refused for web pages of http://localhost:${server.address().port}`;
check("the SDK signs", (await awsSdk("nameOfPool")).startsWith(refusal), true);
check("the SDK does not sign", await awsSdk("signUp", "erin", PASSWORD), false);
check("the SDK is refused", await awsSdk("signUp", "erin", PASSWORD), "UsernameExistsException: User already exists");

await browser.close();
server.close();
done("browser.js");
