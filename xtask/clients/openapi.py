"""Checks that the document of /_lido/ is valid OpenAPI 3.1: python3 openapi.py URL"""

import json
import sys
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator

URL = sys.argv[1]

with urllib.request.urlopen(f"{URL}/_lido/openapi.json") as response:
    document = json.load(response)
errors = [
    f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message}"
    for error in OpenAPIV31SpecValidator(document).iter_errors()
]
if errors:
    sys.exit("\n".join(["/_lido/openapi.json is not valid; correct server/src/console/:", *errors]))
count = sum(len(methods) for methods in document["paths"].values())
print(f"openapi: {count} operations, 0 errors")
