// Runs react-oidc-context (with oidc-client-ts) and Auth.js in headless Chromium against the OAuth endpoints of `lido dev`:
// sign in on the page, refresh, sign out.
//
// Usage: node browser_oauth.js URL CHROMIUM

import { Auth } from "@auth/core";
import Cognito from "@auth/core/providers/cognito";
import { build } from "esbuild";
import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import puppeteer from "puppeteer-core";

import { check, done, PASSWORD } from "./lido.js";
import { makeOAuthApp } from "./oauth_app.js";

/** Listens on a free port, and returns the address with the name of this machine. */
async function listen(server) {
    server.listen(0);
    await once(server, "listening");
    return `http://localhost:${server.address().port}`;
}

const browser = await puppeteer.launch({
    executablePath: process.argv[3],
    // The sandbox of Chromium does not work for root, as in containers.
    args: ["--no-sandbox"],
});

/** Signs mary in on the page of Lido. */
async function fillIn(page, username) {
    await page.waitForSelector("#signInFormUsername");
    await page.type("#signInFormUsername", username);
    await page.type("#signInFormPassword", PASSWORD);
    await page.click("button[name=signInSubmitButton]");
}

/** Returns the text of an element when it is there. */
async function textOf(page, selector) {
    await page.waitForSelector(selector);
    return page.$eval(selector, (element) => element.textContent);
}

// react-oidc-context: the app is a page alone, and calls the token and userInfo endpoints from its own origin.
const bundle = await build({
    entryPoints: ["oidc_page.jsx"],
    bundle: true,
    write: false,
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
});
const spa = createServer((request, answer) => {
    const isScript = request.url === "/page.js";
    const html = '<!doctype html><div id="root"></div><script src="/page.js"></script>';
    answer.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    answer.end(isScript ? bundle.outputFiles[0].text : html);
});
const spaUrl = await listen(spa);
const spaApp = await makeOAuthApp("browser", `${spaUrl}/`);
const page = await browser.newPage();
const settings = JSON.stringify({ authority: spaApp.issuer, client_id: spaApp.publicClient, redirect_uri: `${spaUrl}/` });
await page.evaluateOnNewDocument(`window.settings = ${settings}`);
await page.goto(spaUrl);
await (await page.waitForSelector("#sign-in")).click();
await fillIn(page, spaApp.username);
check("react-oidc-context signs in", await textOf(page, "#user"), spaApp.email);
const first = await textOf(page, "#token");
await page.click("#refresh");
await page.waitForFunction((before) => document.querySelector("#token")?.textContent !== before, {}, first);
check("react-oidc-context refreshes", await textOf(page, "#user"), spaApp.email);

// The browser stays signed in: an app that has forgotten its user comes back without the form.
await page.evaluate(() => sessionStorage.clear());
await page.reload();
await (await page.waitForSelector("#sign-in")).click();
check("react-oidc-context signs in without the form", await textOf(page, "#user"), spaApp.email);
await page.click("#sign-out");
await (await page.waitForSelector("#sign-in")).click();
await page.waitForSelector("#signInFormUsername");
check("react-oidc-context signs out", page.url().startsWith(spaApp.issuer), true);
await page.close();

// Auth.js: the app is a server with its own session, and a confidential app client.
const web = createServer(async (request, answer) => {
    const hasBody = request.method === "POST";
    const init = { method: request.method, headers: request.headers, body: hasBody ? await buffer(request) : undefined };
    const response = await Auth(new Request(new URL(request.url, webUrl), init), config);
    answer.writeHead(response.status, [...response.headers].flat());
    answer.end(await response.text());
});
const webUrl = await listen(web);
const webApp = await makeOAuthApp("auth-js", `${webUrl}/auth/callback/cognito`);
const config = {
    providers: [Cognito({ clientId: webApp.client, clientSecret: webApp.secret, issuer: webApp.issuer })],
    secret: "a secret of the test",
    trustHost: true,
    basePath: "/auth",
};
const visit = await browser.newPage();
const session = async () => {
    await visit.goto(`${webUrl}/auth/session`);
    return JSON.parse(await visit.$eval("body", (body) => body.textContent));
};
check("Auth.js has no user", await session(), null);
await visit.goto(`${webUrl}/auth/signin?callbackUrl=${encodeURIComponent(`${webUrl}/auth/session`)}`);
await (await visit.waitForSelector("form[action$='/signin/cognito'] button")).click();
await fillIn(visit, webApp.username);
await visit.waitForFunction(() => location.pathname === "/auth/session");
check("Auth.js signs in", (await session()).user.email, webApp.email);
await visit.goto(`${webUrl}/auth/signout`);
await (await visit.waitForSelector("form button")).click();
await visit.waitForNavigation();
check("Auth.js signs out", await session(), null);

await browser.close();
spa.close();
web.close();
done("browser_oauth.js");
