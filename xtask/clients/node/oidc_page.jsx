// The page of browser_oauth.js: an app that signs its user in with react-oidc-context.

import { createRoot } from "react-dom/client";
import { AuthProvider, useAuth } from "react-oidc-context";

const settings = { ...window.settings, scope: "openid email", loadUserInfo: true };

/** The service has no post_logout_redirect_uri, so that apps send its own parameters. */
const signedOut = { client_id: settings.client_id, logout_uri: settings.redirect_uri };

function App() {
    const auth = useAuth();
    if (auth.error) return <p id="error">{auth.error.message}</p>;
    if (auth.isLoading && !auth.user) return <p>Loading</p>;
    if (!auth.isAuthenticated) {
        return <button id="sign-in" onClick={() => auth.signinRedirect()}>Sign in</button>;
    }
    return (
        <>
            <p id="user">{auth.user.profile.email}</p>
            <p id="token">{auth.user.access_token}</p>
            <button id="refresh" onClick={() => auth.signinSilent()}>Refresh</button>
            <button id="sign-out" onClick={() => auth.signoutRedirect({ extraQueryParams: signedOut })}>Sign out</button>
        </>
    );
}

/** Removes the code from the address. */
const forgetCode = () => window.history.replaceState({}, document.title, window.location.pathname);

createRoot(document.getElementById("root")).render(
    <AuthProvider {...settings} onSigninCallback={forgetCode}>
        <App />
    </AuthProvider>,
);
