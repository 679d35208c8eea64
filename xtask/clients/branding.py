"""Managed login branding and terms through boto3, in the order of calls of Terraform's provider (resources
aws_cognito_managed_login_branding; a release that has it is not needed here): create, read as it was sent and merged, update,
read, delete, read until it is gone.

Usage: branding.py URL
"""

import json
import sys

import boto3

cognito = boto3.client(
    "cognito-idp", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="dev", aws_secret_access_key="dev"
)
passed = 0


def check(name, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"{name}:\n  expected {expected!r}\n  but got  {actual!r}")
    passed += 1


def read(style, merged):
    described = cognito.describe_managed_login_branding(
        UserPoolId=pool, ManagedLoginBrandingId=style, ReturnMergedResources=merged
    )
    return described["ManagedLoginBranding"]


pool = cognito.create_user_pool(PoolName="branding")["UserPool"]["Id"]
client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]

# The provider sends the settings as it was given them, and compares what it reads as JSON.
settings = {"componentClasses": {"buttons": {"borderRadius": 8.0}}, "categories": {"global": {"colorSchemeMode": "DARK"}}}
logo = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": b"\x89PNG\r\n\x1a\n"}
created = cognito.create_managed_login_branding(UserPoolId=pool, ClientId=client, Settings=settings, Assets=[logo])
created = created["ManagedLoginBranding"]
style = created["ManagedLoginBrandingId"]
check("created settings", created["Settings"], settings)
check("read", json.dumps(read(style, False)["Settings"], sort_keys=True), json.dumps(settings, sort_keys=True))
check("images", read(style, False)["Assets"], [logo])
merged = read(style, True)["Settings"]
check("merged, what was sent", merged["componentClasses"]["buttons"], {"borderRadius": 8.0})
check("merged, a default", "primaryButton" in merged["components"], True)

cognito.update_managed_login_branding(UserPoolId=pool, ManagedLoginBrandingId=style, UseCognitoProvidedValues=True)
check("without settings", "Settings" in read(style, False), False)
check("source", read(style, False)["UseCognitoProvidedValues"], True)
by_client = cognito.describe_managed_login_branding_by_client(UserPoolId=pool, ClientId=client)["ManagedLoginBranding"]
check("by app client", by_client["ManagedLoginBrandingId"], style)

cognito.delete_managed_login_branding(UserPoolId=pool, ManagedLoginBrandingId=style)
try:
    read(style, False)
    sys.exit("the style is still there")
except cognito.exceptions.ResourceNotFoundException as gone:
    check("gone", gone.response["Error"]["Message"], "ManagedLoginBranding does not exist.")

links = {"cognito:default": "https://example.com/terms"}
terms = cognito.create_terms(
    UserPoolId=pool, ClientId=client, TermsName="terms-of-use", TermsSource="LINK", Enforcement="NONE", Links=links
)["Terms"]
check("terms", cognito.describe_terms(UserPoolId=pool, TermsId=terms["TermsId"])["Terms"], terms)
links["cognito:german"] = "https://example.com/de"
updated = cognito.update_terms(UserPoolId=pool, TermsId=terms["TermsId"], Links=links)["Terms"]
check("links", updated["Links"], links)
check("list", [one["TermsId"] for one in cognito.list_terms(UserPoolId=pool)["Terms"]], [terms["TermsId"]])
cognito.delete_terms(UserPoolId=pool, TermsId=terms["TermsId"])
check("empty list", cognito.list_terms(UserPoolId=pool)["Terms"], [])
cognito.delete_user_pool(UserPoolId=pool)
print(f"branding: {passed} checks passed")
