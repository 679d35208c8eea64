// Asks the browser for a passkey when a form with data-passkey is sent, and sends the form with what the browser answers.
"use strict";
{
    const toBytes = (text) =>
        Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
    const toText = (bytes) =>
        btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    const withIds = (list) => list?.map((one) => ({ ...one, id: toBytes(one.id) }));

    const get = async (options) => {
        const allowCredentials = withIds(options.allowCredentials);
        const publicKey = { ...options, challenge: toBytes(options.challenge), allowCredentials };
        return navigator.credentials.get({ publicKey });
    };
    const create = async (options) => {
        const user = { ...options.user, id: toBytes(options.user.id) };
        const excludeCredentials = withIds(options.excludeCredentials);
        const publicKey = { ...options, challenge: toBytes(options.challenge), user, excludeCredentials };
        return navigator.credentials.create({ publicKey });
    };

    const toJson = ({ id, rawId, type, authenticatorAttachment, response, getClientExtensionResults }, credential) => {
        const json = { id, rawId: toText(rawId), type, authenticatorAttachment, response: {} };
        json.clientExtensionResults = getClientExtensionResults.call(credential);
        for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject"]) {
            if (response[name]) {
                json.response[name] = toText(response[name]);
            }
        }
        if (response.getTransports) {
            json.response.transports = response.getTransports();
        }
        return JSON.stringify(json);
    };

    for (const form of document.querySelectorAll("form[data-passkey]")) {
        const problem = form.querySelector("[role=alert]");
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            problem.hidden = true;
            try {
                const options = JSON.parse(form.dataset.options);
                const credential = await (form.dataset.passkey === "create" ? create : get)(options);
                form.elements.credential.value = toJson(credential, credential);
                form.submit();
            } catch {
                problem.hidden = false;
            }
        });
    }
}
