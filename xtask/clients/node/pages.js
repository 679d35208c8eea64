// Goes through the pages of managed login in headless Chromium as a person would, by roles and labels, and checks each screen
// with axe. It fails on errors in the console, on requests to other hosts, on reports of the Content-Security-Policy and on
// findings of axe.
//
// Usage: node pages.js URL CHROMIUM [FOLDER]    writes a picture of each screen to FOLDER

import {
    AdminCreateUserCommand,
    AdminSetUserMFAPreferenceCommand,
    AdminSetUserPasswordCommand,
    AdminUpdateUserAttributesCommand,
    CognitoIdentityProviderClient,
    CreateManagedLoginBrandingCommand,
    CreateUserPoolClientCommand,
    CreateUserPoolCommand,
    CreateUserPoolDomainCommand,
    SetUICustomizationCommand,
    SetUserPoolMfaConfigCommand,
    SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import axe from "axe-core";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

import { check, codeOf, done, LIDO, messageTo, PASSWORD, totp } from "./lido.js";

const [, , , executablePath, folder] = process.argv;
if (folder) {
    mkdirSync(folder, { recursive: true });
}
const credentials = { accessKeyId: "dev", secretAccessKey: "dev" };
const cognito = new CognitoIdentityProviderClient({ endpoint: LIDO, region: "us-east-1", credentials });
const TEMPORARY = "Temporary-Horse-1";

// The app: it shows what it got.
const app = createServer((request, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end('<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><main>The app</main>');
});
app.listen(0);
await once(app, "listening");
const BACK = `http://localhost:${app.address().port}/`;

/** A pool with these settings and an app client, and the query of a request for authorization. */
async function makePool(name, settings, mfa, client) {
    const command = new CreateUserPoolCommand({ PoolName: name, AutoVerifiedAttributes: ["email"], ...settings });
    const { UserPool } = await cognito.send(command);
    if (mfa) {
        await cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId: UserPool.Id, ...mfa }));
    }
    const { UserPoolClient } = await cognito.send(
        new CreateUserPoolClientCommand({
            UserPoolId: UserPool.Id,
            ClientName: "app",
            AllowedOAuthFlowsUserPoolClient: true,
            AllowedOAuthFlows: ["code"],
            AllowedOAuthScopes: ["openid", "email"],
            CallbackURLs: [BACK],
            LogoutURLs: [BACK],
            ...client,
        }),
    );
    const query = new URLSearchParams({ client_id: UserPoolClient.ClientId, response_type: "code", redirect_uri: BACK });
    return { id: UserPool.Id, base: `${LIDO.replace("127.0.0.1", "localhost")}/${UserPool.Id}`, query };
}

async function makeUser(pool, Username, password, Permanent, attributes = {}) {
    const all = { email: `${Username}@example.com`, email_verified: "true", ...attributes };
    const UserAttributes = Object.entries(all).filter(([, Value]) => Value).map(([Name, Value]) => ({ Name, Value }));
    const user = { UserPoolId: pool.id, Username };
    await cognito.send(new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: "SUPPRESS" }));
    await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent }));
}

const browser = await puppeteer.launch({
    executablePath,
    // The sandbox of Chromium does not work for root, as in containers.
    args: ["--no-sandbox"],
});

/** A person with a browser of their own. */
async function visitor(options = {}) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(options.viewport ?? { width: 900, height: 760 });
    await page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: options.scheme ?? "light" },
        { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await page.setExtraHTTPHeaders({ "Accept-Language": options.language ?? "en" });
    if (options.withoutScripts) {
        await page.setJavaScriptEnabled(false);
    }
    const problems = [];
    page.on("console", (message) => ["error", "warn"].includes(message.type()) && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol !== "data:" && hostname !== "localhost") {
            problems.push(`a request to ${request.url()}`);
        }
    });
    // What the last page has loaded from the server; what the browser has kept, and pictures of a branding, do not count.
    const person = { page, context, problems, loaded: [] };
    page.on("response", (response) => {
        if (response.request().isNavigationRequest()) {
            person.document = response;
            person.loaded = [];
        }
        const { protocol, pathname } = new URL(response.url());
        if (protocol !== "data:" && !response.fromCache() && !pathname.includes("/branding/")) {
            person.loaded.push(pathname);
        }
    });
    const press = (name) => Promise.all([page.waitForNavigation(), page.click(`::-p-aria([name="${name}"][role="button"])`)]);
    const follow = (name) => Promise.all([page.waitForNavigation(), page.click(`::-p-aria([name="${name}"][role="link"])`)]);
    const fill = async (label, text) => {
        const field = await page.waitForSelector(`::-p-aria([name="${label}"][role="textbox"])`);
        await field.evaluate((input) => (input.value = ""));
        await field.type(text);
    };
    const heading = () => page.$eval("h1", (element) => element.textContent);
    const text = (selector) => page.$eval(selector, (element) => element.textContent.trim());
    return Object.assign(person, { press, follow, fill, heading, text });
}

/** The paths of the screens that were looked at. */
const seen = new Set();

/** Checks the screen, and takes a picture of it. */
async function look(person, name, title) {
    const { page, problems } = person;
    check(`${name} has its heading`, await person.heading(), title);
    if (!person.isWithoutScripts) {
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => axe.run());
        const found = violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => node.html).join(" ")}`);
        check(`axe finds nothing on ${name}`, found, []);
        const overflows = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        check(`${name} does not scroll sideways`, overflows, false);
        const small = await page.$$eval("button, input:not([type=hidden], [readonly]), nav a", (elements) =>
            elements.filter((element) => element.getBoundingClientRect().height < 44).map((element) => element.outerHTML),
        );
        check(`what is touched on ${name} is large enough`, small, []);
    }
    check(`${name} has no problems`, problems, []);
    check(`${name} needs no more than two requests`, person.loaded.length <= 2 ? [] : person.loaded, []);
    check(`${name} is below 15 kB`, (await person.document.buffer()).length < 15_000, true);
    seen.add(new URL(page.url()).pathname.replace(/^\/[^/]*_[^/]*\//, "/"));
    if (folder) {
        await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    }
}

const login = ({ base, query }, more = {}) => `${base}/oauth2/authorize?${query}&${new URLSearchParams(more)}`;
const isInApp = ({ page }) => page.url().startsWith(BACK) && new URL(page.url()).searchParams.has("code");

// Signing up, confirming, signing in, and a forgotten password.
const plain = await makePool("plain", { UsernameConfiguration: { CaseSensitive: false } });
{
    const eve = await visitor();
    await eve.page.goto(login(plain));
    await look(eve, "sign-in", "Sign in");
    check("the focus is on the first field", await eve.page.evaluate(() => document.activeElement.name), "username");
    await eve.follow("Create an account");
    await look(eve, "sign-up", "Create an account");
    await eve.fill("Username", "eve");
    await eve.fill("Email", "eve@example.com");
    await eve.fill("Password", "weak-horse");
    await eve.fill("Repeat the password", "weak-horse");
    await eve.press("Create account");
    await look(eve, "sign-up-refused", "Create an account");
    check("the focus is on the field that is wrong", await eve.page.evaluate(() => document.activeElement.name), "password");
    await eve.fill("Password", PASSWORD);
    await eve.fill("Repeat the password", PASSWORD);
    await eve.press("Create account");
    await look(eve, "confirm", "Confirm your account");
    await eve.fill("Code", "000000");
    await eve.press("Confirm account");
    await look(eve, "confirm-refused", "Confirm your account");
    await eve.press("Send another code");
    await look(eve, "confirm-sent-again", "Confirm your account");
    await eve.fill("Code", await codeOf(plain.id, "eve"));
    await eve.press("Confirm account");
    await look(eve, "confirmed", "Sign in");
    await eve.fill("Password", "Wrong-Horse-1");
    await eve.press("Sign in");
    await look(eve, "sign-in-refused", "Sign in");
    await eve.follow("Forgot your password?");
    await look(eve, "forgot-password", "Forgot your password?");
    await eve.fill("Username", "eve");
    await eve.press("Send the code");
    await look(eve, "reset", "Set a new password");
    await eve.fill("Code", await codeOf(plain.id, "eve"));
    await eve.fill("New password", "Another-Horse-2");
    await eve.fill("Repeat the password", "Another-Horse-2");
    await eve.press("Save new password");
    await look(eve, "reset-done", "Sign in");
    await eve.fill("Password", "Another-Horse-2");
    await eve.press("Sign in");
    check("eve is in the app", isInApp(eve), true);
    await eve.page.goto(login(plain));
    check("eve stays signed in", isInApp(eve), true);
    await eve.page.goto(`${plain.base}/error?error=redirect_mismatch`);
    // The browser reports the status of the page itself.
    eve.problems.length = 0;
    await look(eve, "error", "An error was encountered with the requested page.");
    await eve.context.close();
}

// A temporary password, on a phone, in German and in the dark; without scripts too.
{
    const looks = {
        "phone": { viewport: { width: 360, height: 740, isMobile: true, hasTouch: true } },
        "german": { language: "de" },
        "dark": { scheme: "dark" },
        "without-scripts": { withoutScripts: true },
    };
    for (const [look_, options] of Object.entries(looks)) {
        const name = `tom-${look_}`;
        await makeUser(plain, name, TEMPORARY, false);
        const tom = await visitor(options);
        tom.isWithoutScripts = options.withoutScripts;
        const german = options.language === "de";
        await tom.page.goto(login(plain));
        await look(tom, `sign-in-${look_}`, german ? "Anmelden" : "Sign in");
        await tom.fill(german ? "Benutzername" : "Username", name);
        await tom.fill(german ? "Passwort" : "Password", TEMPORARY);
        await tom.press(german ? "Anmelden" : "Sign in");
        await look(tom, `new-password-${look_}`, german ? "Neues Passwort wählen" : "Choose a new password");
        await tom.fill(german ? "Neues Passwort" : "New password", PASSWORD);
        await tom.fill(german ? "Passwort wiederholen" : "Repeat the password", german ? "x" : PASSWORD);
        await tom.press(german ? "Speichern und anmelden" : "Save and sign in");
        if (german) {
            await look(tom, "new-password-refused-german", "Neues Passwort wählen");
            await tom.fill("Neues Passwort", PASSWORD);
            await tom.fill("Passwort wiederholen", PASSWORD);
            await tom.press("Speichern und anmelden");
        }
        check(`tom is in the app: ${look_}`, isInApp(tom), true);
        await tom.context.close();
    }
}

// Second factors: setting up an authenticator app, and using it.
const strict = await makePool("strict", {}, { MfaConfiguration: "ON", SoftwareTokenMfaConfiguration: { Enabled: true } });
{
    await makeUser(strict, "mia", PASSWORD, true);
    const mia = await visitor();
    const signIn = async () => {
        await mia.page.goto(login(strict, { prompt: "login" }));
        await mia.fill("Username", "mia");
        await mia.fill("Password", PASSWORD);
        await mia.press("Sign in");
    };
    await signIn();
    await look(mia, "authenticator", "Set up your authenticator app");
    const secret = (await mia.text("figcaption code")).replaceAll(" ", "");
    await mia.fill("Code", totp(secret));
    await mia.press("Finish");
    check("mia is in the app", isInApp(mia), true);
    await signIn();
    await look(mia, "code", "Enter the code");
    await mia.fill("Code", "000000");
    await mia.press("Sign in");
    await look(mia, "code-refused", "Enter the code");
    // The code of this step was used.
    await mia.fill("Code", totp(secret, 1));
    await mia.press("Sign in");
    check("mia is in the app by a code", isInApp(mia), true);
    await mia.page.goto(`${strict.base}/mfa?${strict.query}`);
    await look(mia, "expired", "Sign in");
    await mia.context.close();
}

// Second factors by choice: setting an address up, with a mistake, and choosing between two.
const several = await makePool(
    "several",
    {
        EmailConfiguration: { EmailSendingAccount: "DEVELOPER", SourceArn: "arn:aws:ses:us-east-1:123456789012:identity/a@example.com" },
        SmsConfiguration: { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" },
    },
    {
        MfaConfiguration: "ON",
        SoftwareTokenMfaConfiguration: { Enabled: true },
        EmailMfaConfiguration: { Message: "{####}", Subject: "Your code" },
        SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: "arn:aws:iam::123456789012:role/sms" } },
    },
);
{
    await makeUser(several, "zoe", PASSWORD, true, { email: undefined, email_verified: undefined });
    const zoe = await visitor();
    const signIn = async () => {
        await zoe.page.goto(login(several, { prompt: "login" }));
        await zoe.fill("Username", "zoe");
        await zoe.fill("Password", PASSWORD);
        await zoe.press("Sign in");
    };
    await signIn();
    await look(zoe, "set-up", "Protect your account");
    await zoe.press("With a code by email");
    await look(zoe, "set-up-email", "Get codes by email");
    await zoe.fill("Email", "zo@example.com");
    await zoe.press("Send a code");
    await look(zoe, "code-to-new-address", "Enter the code");
    await zoe.press("Use another address");
    await zoe.fill("Email", "zoe@example.com");
    await zoe.press("Send a code");
    await zoe.fill("Code", await codeOf(several.id, "zoe"));
    await zoe.press("Sign in");
    check("zoe is in the app by an address", isInApp(zoe), true);
    const factor = { Enabled: true };
    await cognito.send(
        new AdminUpdateUserAttributesCommand({
            UserPoolId: several.id,
            Username: "zoe",
            UserAttributes: [{ Name: "phone_number", Value: "+14325551212" }, { Name: "phone_number_verified", Value: "true" }],
        }),
    );
    await cognito.send(
        new AdminSetUserMFAPreferenceCommand({
            UserPoolId: several.id,
            Username: "zoe",
            SMSMfaSettings: factor,
            EmailMfaSettings: factor,
        }),
    );
    await signIn();
    await look(zoe, "second-factor", "Confirm that it is you");
    await zoe.press("With a code by text message");
    await zoe.press("Send another code");
    await look(zoe, "code-sent-again", "Enter the code");
    await zoe.fill("Code", await codeOf(several.id, "zoe"));
    await zoe.press("Sign in");
    check("zoe is in the app by a text message", isInApp(zoe), true);
    await zoe.context.close();
}

// First factors by choice: a code by mail, the password, a passkey.
const choice = await makePool(
    "choice",
    { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"] } } },
    { MfaConfiguration: "OFF", WebAuthnConfiguration: { RelyingPartyId: "localhost", UserVerification: "required" } },
    { ExplicitAuthFlows: ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
);
{
    await makeUser(choice, "kim", PASSWORD, true);
    const kim = await visitor({ scheme: "dark" });
    await kim.page.goto(login(choice));
    await look(kim, "username", "Sign in");
    await kim.fill("Username", "kim");
    await kim.press("Continue");
    await look(kim, "first-factor", "How would you like to sign in?");
    await kim.press("With a code by email");
    await look(kim, "code-by-mail", "Enter the code");
    await kim.fill("Code", await codeOf(choice.id, "kim"));
    await kim.press("Sign in");
    check("kim is in the app", isInApp(kim), true);
    await kim.page.goto(login(choice, { prompt: "login" }));
    await kim.fill("Username", "kim");
    await kim.press("Continue");
    await kim.press("With my password");
    await look(kim, "password", "Enter your password");
    await kim.fill("Password", PASSWORD);
    await kim.press("Sign in");
    check("kim is in the app by the password", isInApp(kim), true);

    const devtools = await kim.page.createCDPSession();
    await devtools.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };
    const authenticator = { ...options, isUserVerified: true, automaticPresenceSimulation: true };
    await devtools.send("WebAuthn.addVirtualAuthenticator", { options: authenticator });
    await kim.page.goto(`${choice.base}/login?${choice.query}`);
    await look(kim, "signed-in", "Sign in");
    await kim.page.goto(`${choice.base}/passkeys/add?${choice.query}`);
    await look(kim, "add-passkey", "Add a passkey");
    await kim.press("Continue");
    await look(kim, "add-passkey-now", "Add a passkey");
    await kim.press("Continue");
    await look(kim, "passkey-added", "Add a passkey");
    await kim.press("Continue");
    check("kim is in the app with a new passkey", isInApp(kim), true);
    await kim.page.goto(login(choice, { prompt: "login" }));
    await kim.fill("Username", "kim");
    await kim.press("Continue");
    await kim.press("With a passkey");
    await look(kim, "passkey", "Use your passkey");
    await kim.press("Continue");
    check("kim is in the app by the passkey", isInApp(kim), true);
    await kim.page.goto(`${choice.base}/login?${choice.query}`);
    await kim.follow("Sign out");
    check("kim is signed out", await kim.heading(), "Sign in");
    await kim.context.close();
}

// The look that an administrator has given the pages, and that behind the link in a mail.
const shop = await makePool("shop", { VerificationMessageTemplate: { DefaultEmailOption: "CONFIRM_WITH_LINK" } });
{
    const logo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 48"><rect width="160" height="48" rx="8" fill="#0a6b4a"/>'
        + '<text x="80" y="32" font-family="sans-serif" font-size="22" text-anchor="middle" fill="#fff">The Shop</text></svg>';
    const primaryButton = { lightMode: { defaults: { backgroundColor: "0a6b4aff" }, hover: { backgroundColor: "07553aff" } } };
    const pageBackground = { lightMode: { color: "f4efe4ff" } };
    const buttons = { borderRadius: 24 };
    await cognito.send(
        new CreateManagedLoginBrandingCommand({
            UserPoolId: shop.id,
            ClientId: shop.query.get("client_id"),
            Settings: { components: { primaryButton, pageBackground }, componentClasses: { buttons } },
            Assets: [{ Category: "FORM_LOGO", ColorMode: "LIGHT", Extension: "SVG", Bytes: Buffer.from(logo) }],
        }),
    );
    const sam = await visitor();
    await sam.page.goto(login(shop));
    await look(sam, "sign-in-branded", "Sign in");
    const loaded = await sam.page.$eval(".logo-customizable", (image) => image.naturalWidth > 0);
    check("the logo is shown", loaded, true);
    await cognito.send(
        new SignUpCommand({
            ClientId: shop.query.get("client_id"),
            Username: "sam",
            Password: PASSWORD,
            UserAttributes: [{ Name: "email", Value: "sam@example.com" }],
        }),
    );
    const link = (await messageTo(shop.id, "sam")).link.replace("127.0.0.1", "localhost");
    await sam.page.goto(link);
    await look(sam, "link-confirmed", "Your registration has been confirmed!");
    await sam.page.goto(link);
    // The browser reports the status of the page itself.
    sam.problems.length = 0;
    await look(sam, "link-refused", "Your registration could not be confirmed.");
    await sam.context.close();
}

// A classic look, which is for light pages, in a browser that prefers dark ones: the colors of the service's template.
const old = await makePool("old", {});
{
    await cognito.send(new CreateUserPoolDomainCommand({ UserPoolId: old.id, Domain: "old-look", ManagedLoginVersion: 1 }));
    const css = [
        ".submitButton-customizable { color: #fff; background-color: #337ab7; }",
        ".inputField-customizable { color: #555; background-color: #fff; border: 1px solid #ccc; }",
        ".inputField-customizable:focus { border-color: #66afe9; outline: 0; }",
        ".background-customizable { background-color: #fff; }",
    ];
    await cognito.send(new SetUICustomizationCommand({ UserPoolId: old.id, CSS: css.join("\n") }));
    const pat = await visitor({ scheme: "dark" });
    await pat.page.goto(login(old));
    await look(pat, "sign-in-classic-dark", "Sign in");
    await pat.page.keyboard.type("pat");
    await pat.page.keyboard.press("Tab");
    check("the password follows the username", await pat.page.evaluate(() => document.activeElement.name), "password");
    const outline = await pat.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    check("what has the focus is seen", outline, "solid");
    await pat.context.close();
}

// `/resendcode` is a form of `/confirm` alone.
const screens = [
    ["/confirm", "/confirmforgotPassword", "/factor", "/forgotPassword", "/login", "/mfa", "/mfaapp", "/mfachoice", "/mfaemail"],
    ["/mfasetup", "/newpassword", "/passkey", "/passkeys/add", "/password", "/signup"],
    ["/confirmUser", "/error"],
].flat();
check("every screen was looked at", [...seen].sort(), screens.sort());

await browser.close();
app.close();
done("pages.js");
