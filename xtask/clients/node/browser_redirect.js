// Runs Amplify's signInWithRedirect in headless Chromium against `lido dev --tls`: sign in on the page, get the session, renew
// it, sign out. Amplify knows a host only, which it speaks to over TLS, so that the endpoints are those at the root.
//
// Usage: NODE_EXTRA_CA_CERTS=FILE node browser_redirect.js URL CHROMIUM

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:tls";
import puppeteer from "puppeteer-core";

import { check, done, LIDO, PASSWORD } from "./lido.js";
import { makeOAuthApp } from "./oauth_app.js";

const bundle = await build({
    entryPoints: ["redirect_page.js"],
    bundle: true,
    write: false,
    define: { global: "globalThis" },
});
const server = createServer((request, answer) => {
    const isScript = request.url === "/page.js";
    const html = '<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>';
    answer.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    answer.end(isScript ? bundle.outputFiles[0].text : html);
});
server.listen(0);
await once(server, "listening");
const back = `http://localhost:${server.address().port}/`;
const { port } = new URL(LIDO);
const { issuer, publicClient, username, email } = await makeOAuthApp("redirect", back);
const app = { url: `https://localhost:${port}/`, pool: issuer.split("/").pop(), client: publicClient, domain: `localhost:${port}` };

// Chromium takes the one key of this server besides those of public authorities.
const socket = connect({ host: "localhost", port });
await once(socket, "secureConnect");
const { publicKey } = socket.getPeerX509Certificate();
socket.end();
const key = createHash("sha256").update(publicKey.export({ type: "spki", format: "der" })).digest("base64");
const browser = await puppeteer.launch({
    executablePath: process.argv[3],
    // The sandbox of Chromium does not work for root, as in containers.
    args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${key}`],
});
const page = await browser.newPage();
await page.evaluateOnNewDocument(`window.app = ${JSON.stringify(app)}`);
const amplify = (name, ...values) => page.evaluate((step, given) => window.amplify[step](...given), name, values);
/** Does a step that leaves the page. */
const leave = (name) => Promise.all([page.waitForNavigation(), page.evaluate((step) => void window.amplify[step](), name)]);

await page.goto(back);
check("Amplify has no user", await amplify("user"), "UserUnAuthenticatedException");
await leave("signIn");
await page.waitForSelector("#signInFormUsername");
const shown = new URL(page.url());
check("Amplify leads to the page", [shown.protocol, shown.host, shown.pathname], ["https:", app.domain, "/login"]);
await page.type("#signInFormUsername", username);
await page.type("#signInFormPassword", PASSWORD);
await page.click("button[name=signInSubmitButton]");
await page.waitForFunction(() => window.lastEvent === "signedIn");
check("Amplify has the user", [await amplify("user"), await amplify("email")], [username, email]);
const first = await amplify("claims");
check("Amplify has the claims", [first.iss, first.email], [`https://localhost:${port}/${app.pool}`, email]);
const renewed = await amplify("claims", { forceRefresh: true });
check("Amplify renews the session", [renewed.sub, renewed.jti !== first.jti], [first.sub, true]);
await leave("signOut");
await page.waitForFunction((url) => location.href === url && window.amplify, {}, back);
check("Amplify signs out", await amplify("user"), "UserUnAuthenticatedException");
await leave("signIn");
await page.waitForSelector("#signInFormUsername");
const links = await page.$$eval("nav a", (all) => all.map((link) => link.textContent));
check("the browser is signed out too", links.some((link) => link.startsWith("Continue as")), false);

await browser.close();
server.close();
done("browser_redirect.js");
