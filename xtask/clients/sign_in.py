"""Signs users in at `lido dev` with pycognito, PyJWT, boto3 and the AWS CLI.

Usage: sign_in.py URL

pycognito does SRP by itself and refuses tokens whose issuer and keys are not those of the endpoint; PyJWT verifies
them once more, against what the pool's openid-configuration says.
"""

import base64
import hmac
import json
import os
import struct
import subprocess
import sys
import time
import urllib.request

import boto3
import jwt
from botocore.exceptions import ClientError
from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException, SoftwareTokenMFAChallengeException

URL = sys.argv[1]
PASSWORD = "Correct-Horse-1"
os.environ.update(AWS_ACCESS_KEY_ID="dev", AWS_SECRET_ACCESS_KEY="dev", AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="")
passed = 0


def check(name, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"{name}:\n  expected {expected!r}\n  but got  {actual!r}")
    passed += 1


def refusal(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return "no refusal"


def get(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def code_of(pool, user):
    return get(f"{URL}/_lido/messages?userPoolId={pool}&username={user}")["messages"][0]["code"]


def verified(pool, token, **audience):
    """Returns the claims of a token, verified with the keys that its issuer publishes."""
    configuration = get(f"{URL}/{pool}/.well-known/openid-configuration")
    key = jwt.PyJWKClient(configuration["jwks_uri"]).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=configuration["id_token_signing_alg_values_supported"],
                      issuer=configuration["issuer"], options={"require": ["exp", "iat", "iss", "sub"]}, **audience)


def totp(secret, steps=0):
    """Returns the code of an authenticator app (RFC 6238), `steps` times thirty seconds from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + steps), "sha1")
    number, = struct.unpack_from(">I", digest, digest[19] & 15)
    return f"{(number & 0x7fffffff) % 1_000_000:06}"


REFRESH_REVOKED = ("NotAuthorizedException", "Refresh Token has been revoked")
ACCESS_REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
WRONG_PASSWORD = ("NotAuthorizedException", "Incorrect username or password.")

cognito = boto3.client("cognito-idp", endpoint_url=URL)
pool = cognito.create_user_pool(PoolName="python", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]


def app_client(**settings):
    flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH",
             "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app", ExplicitAuthFlows=flows, **settings)
    return made["UserPoolClient"]["ClientId"], made["UserPoolClient"].get("ClientSecret")


def pycognito(client, user):
    return Cognito(pool, client[0], client_secret=client[1], username=user, boto3_client_kwargs={"endpoint_url": URL})


# pycognito, with a public app client and with one that has a secret.
for user, client in [("mary", app_client()), ("bob", app_client(GenerateSecret=True))]:
    mary = pycognito(client, user)
    mary.set_base_attributes(email=f"{user}@example.com")
    check("pycognito signs up", mary.register(user, PASSWORD)["UserConfirmed"], False)
    check("pycognito before the confirmation", refusal(mary.authenticate, password=PASSWORD),
          ("UserNotConfirmedException", "User is not confirmed."))
    mary.confirm_sign_up(code_of(pool, user))
    check("pycognito, a wrong password", refusal(mary.authenticate, password="Wrong-Horse-1"), WRONG_PASSWORD)
    mary.authenticate(password=PASSWORD)
    first = mary.access_claims
    check("pycognito's claims", (first["username"], first["client_id"], mary.id_claims["email_verified"]),
          (user, client[0], True))

    claims = verified(pool, mary.id_token, audience=client[0])
    check("PyJWT, the id token", (claims["token_use"], claims["cognito:username"], claims["email"]),
          ("id", user, f"{user}@example.com"))
    claims = verified(pool, mary.access_token)
    check("PyJWT, the access token", (claims["token_use"], claims["sub"], claims["scope"]),
          ("access", mary.id_claims["sub"], "aws.cognito.signin.user.admin"))

    mary.renew_access_token()
    check("pycognito refreshes", (mary.access_claims["jti"] != first["jti"], mary.access_claims["origin_jti"]),
          (True, first["origin_jti"]))
    check("pycognito gets the user", (mary.get_user().email, mary.get_user().email_verified),
          (f"{user}@example.com", True))
    secret = {"ClientSecret": client[1]} if client[1] else {}
    cognito.revoke_token(ClientId=client[0], Token=mary.refresh_token, **secret)
    check("boto3 revokes, the refresh token", refusal(mary.renew_access_token), REFRESH_REVOKED)
    check("boto3 revokes, the access token", refusal(mary.get_user), ACCESS_REVOKED)
    mary.authenticate(password=PASSWORD)
    access_token, refresh_token = mary.access_token, mary.refresh_token
    mary.logout()
    mary.access_token, mary.refresh_token = access_token, refresh_token
    check("pycognito signs out, the refresh token", refusal(mary.renew_access_token), REFRESH_REVOKED)
    check("pycognito signs out, the access token", refusal(mary.get_user), ACCESS_REVOKED)

# A user that an administrator created replaces the temporary password, by SRP.
public = app_client()
cognito.admin_create_user(UserPoolId=pool, Username="carol", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
carol = pycognito(public, "carol")
try:
    carol.authenticate(password=PASSWORD)
    sys.exit("a temporary password signed in")
except ForceChangePasswordException:
    passed += 1
carol.new_password_challenge(PASSWORD, "Battery-Staple-2")
check("pycognito sets a new password", carol.id_claims["cognito:username"], "carol")
carol.admin_authenticate("Battery-Staple-2")
check("pycognito as an administrator", carol.access_claims["username"], "carol")

# The user changes attributes, password and factors, and is deleted. A code of an authenticator app is valid once.
carol.update_profile({"email": "carol@example.com", "name": "Carol"})
check("pycognito changes attributes", (carol.get_user().name, carol.get_user().email_verified), ("Carol", False))
carol.send_verification()
carol.validate_verification(code_of(pool, "carol"))
check("pycognito verifies an address", carol.get_user().email_verified, True)
carol.change_password("Battery-Staple-2", "Battery-Staple-3")
carol.initiate_forgot_password()
carol.confirm_forgot_password(code_of(pool, "carol"), "Battery-Staple-4")
check("pycognito, a forgotten password", refusal(carol.authenticate, password="Battery-Staple-3"), WRONG_PASSWORD)
carol.authenticate(password="Battery-Staple-4")
cognito.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL",
                                 SoftwareTokenMfaConfiguration={"Enabled": True})
secret = carol.associate_software_token()
check("pycognito sets up an app", carol.verify_software_token(totp(secret)), True)
carol.set_user_mfa_preference(False, True, "SOFTWARE_TOKEN")
try:
    carol.authenticate(password="Battery-Staple-4")
    sys.exit("a password alone signed in")
except SoftwareTokenMFAChallengeException:
    carol.respond_to_software_token_mfa_challenge(totp(secret, 1))
check("pycognito signs in by a code", carol.access_claims["username"], "carol")
carol.delete_user()
check("pycognito deletes the user", refusal(carol.authenticate, password="Battery-Staple-4"),
      ("UserNotFoundException", "User does not exist."))


# The AWS CLI.
def aws(*arguments):
    command = [sys.executable, "-m", "awscli", "cognito-idp", *arguments, "--endpoint-url", URL]
    ended = subprocess.run(command, capture_output=True, text=True)
    return json.loads(ended.stdout) if ended.returncode == 0 else ended.stderr.strip()


client, _ = app_client()
signed_in = aws("initiate-auth", "--client-id", client, "--auth-flow", "USER_PASSWORD_AUTH",
                "--auth-parameters", f"USERNAME=mary,PASSWORD={PASSWORD}")
claims = verified(pool, signed_in["AuthenticationResult"]["IdToken"], audience=client)
check("the CLI by password", (claims["cognito:username"], signed_in["AuthenticationResult"]["TokenType"]),
      ("mary", "Bearer"))
offered = aws("initiate-auth", "--client-id", client, "--auth-flow", "USER_AUTH", "--auth-parameters", "USERNAME=mary")
check("the CLI is offered a choice", (offered["ChallengeName"], sorted(offered["AvailableChallenges"])),
      ("SELECT_CHALLENGE", ["PASSWORD", "PASSWORD_SRP"]))
chosen = aws("respond-to-auth-challenge", "--client-id", client, "--challenge-name", "SELECT_CHALLENGE",
             "--session", offered["Session"],
             "--challenge-responses", f"USERNAME=mary,ANSWER=PASSWORD,PASSWORD={PASSWORD}")
check("the CLI chooses", verified(pool, chosen["AuthenticationResult"]["AccessToken"])["username"], "mary")
renewed = aws("get-tokens-from-refresh-token", "--client-id", client,
              "--refresh-token", chosen["AuthenticationResult"]["RefreshToken"])
check("the CLI refreshes", verified(pool, renewed["AuthenticationResult"]["AccessToken"])["username"], "mary")
print(f"sign_in: {passed} passed, 0 failed")
