"""Runs Authlib, requests-oauthlib and curl through the OAuth endpoints of `lido dev`.

Usage: oauth.py URL
"""

import json
import os
import re
import subprocess
import sys

import boto3
import requests
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from requests_oauthlib import OAuth2Session

URL = sys.argv[1]
PASSWORD = "Correct-Horse-1"
BACK = "http://localhost:3000/back"
os.environ.update(AWS_ACCESS_KEY_ID="dev", AWS_SECRET_ACCESS_KEY="dev", AWS_DEFAULT_REGION="us-east-1")
# Both libraries refuse plain HTTP otherwise.
os.environ.update(AUTHLIB_INSECURE_TRANSPORT="1", OAUTHLIB_INSECURE_TRANSPORT="1")
passed = 0


def check(name, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"{name}:\n  expected {expected!r}\n  but got  {actual!r}")
    passed += 1


def sign_in(url):
    """Signs mary in on the page that a browser would show, and returns where it goes then."""
    browser = requests.Session()
    page = browser.get(url)
    form = {name: re.search(f'name="{name}" value="([^"]*)"', page.text).group(1) for name in ["_csrf"]}
    form.update(username="mary", password=PASSWORD)
    return browser.post(page.url, data=form, allow_redirects=False).headers["Location"]


idp = boto3.client("cognito-idp", endpoint_url=URL)
pool = idp.create_user_pool(PoolName="oauth")["UserPool"]["Id"]
idp.admin_create_user(UserPoolId=pool, Username="mary", MessageAction="SUPPRESS")
idp.admin_set_user_password(UserPoolId=pool, Username="mary", Password=PASSWORD, Permanent=True)
client = idp.create_user_pool_client(
    UserPoolId=pool, ClientName="web", GenerateSecret=True, AllowedOAuthFlowsUserPoolClient=True,
    AllowedOAuthFlows=["code"], AllowedOAuthScopes=["openid"], CallbackURLs=[BACK],
)["UserPoolClient"]
ID, SECRET = client["ClientId"], client["ClientSecret"]
metadata = requests.get(f"{URL}/{pool}/.well-known/openid-configuration").json()

# Authlib: code, S256, state, nonce and Basic.
session = AuthlibSession(ID, SECRET, scope="openid", redirect_uri=BACK, code_challenge_method="S256",
                         token_endpoint_auth_method="client_secret_basic")
verifier = "v" * 48
url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier, nonce="n")
token = session.fetch_token(metadata["token_endpoint"], authorization_response=sign_in(url), state=state,
                            code_verifier=verifier)
decoded = jwt.decode(token["id_token"], KeySet.import_key_set(requests.get(metadata["jwks_uri"]).json()))
claims = CodeIDToken(
    decoded.claims, decoded.header, {"iss": {"value": metadata["issuer"]}, "aud": {"value": ID}},
    {"nonce": "n", "client_id": ID, "access_token": token["access_token"]},
)
claims.validate()
check("Authlib signs in", (claims["cognito:username"], token["token_type"]), ("mary", "Bearer"))
check("Authlib gets the user", session.get(metadata["userinfo_endpoint"]).json()["sub"], claims["sub"])
renewed = session.refresh_token(metadata["token_endpoint"], token["refresh_token"])
check("Authlib refreshes", renewed["access_token"] != token["access_token"], True)
check("Authlib revokes", session.revoke_token(metadata["revocation_endpoint"], token["refresh_token"]).status_code, 200)

# requests-oauthlib: code and state, the secret in the form.
session = OAuth2Session(ID, redirect_uri=BACK, scope=["openid"])
url, state = session.authorization_url(metadata["authorization_endpoint"])
token = session.fetch_token(metadata["token_endpoint"], authorization_response=sign_in(url), client_secret=SECRET,
                            include_client_id=True)
check("requests-oauthlib signs in", session.get(metadata["userinfo_endpoint"]).json()["username"], "mary")

# curl: client credentials.
idp.create_resource_server(
    UserPoolId=pool, Identifier="api", Name="API", Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}],
)
machine = idp.create_user_pool_client(
    UserPoolId=pool, ClientName="machine", GenerateSecret=True, AllowedOAuthFlowsUserPoolClient=True,
    AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["api/read"],
)["UserPoolClient"]
curl = subprocess.run(
    ["curl", "-sS", "-u", f"{machine['ClientId']}:{machine['ClientSecret']}", metadata["token_endpoint"],
     "-d", "grant_type=client_credentials", "-d", "scope=api/read"], check=True, capture_output=True, text=True)
check("curl gets a token", sorted(json.loads(curl.stdout)), ["access_token", "expires_in", "token_type"])

print(f"OAuth in Python: {passed} passed, 0 failed")
