"""Terraform with the AWS provider: each stack of terraform/ is applied, changed in place and destroyed, and a plan after
each of the first two must find nothing to do.

Usage: terraform.py ENDPOINT PROVIDERS, where PROVIDERS is a folder laid out as a filesystem mirror.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

endpoint, providers = sys.argv[1:]
stacks = sorted((pathlib.Path(__file__).parent / "terraform").glob("*.tf"))

PROVIDER = """
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws" }}
  }}
}}

provider "aws" {{
  region                      = "us-east-1"
  access_key                  = "dev"
  secret_key                  = "dev"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true

  endpoints {{
    cognitoidp = "{endpoint}"
  }}
}}
"""


VARIABLE = """
variable "changed" {
  type    = bool
  default = false
}
"""

MODULE = """
module "{name}" {{
  source  = "./{name}"
  changed = var.changed
}}
"""

CLI_CONFIGURATION = """
provider_installation {{
  filesystem_mirror {{
    path = "{providers}"
  }}
}}
disable_checkpoint = true
"""


def terraform(folder, *arguments, expected=0):
    command = ["terraform", arguments[0], "-no-color", *arguments[1:]]
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "cli.tfrc"), "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != expected:
        sys.exit(f"{folder.name}: {' '.join(command)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


with tempfile.TemporaryDirectory(prefix="stacks-") as folder:
    folder = pathlib.Path(folder)
    (folder / "cli.tfrc").write_text(CLI_CONFIGURATION.format(providers=providers))
    root = PROVIDER.format(endpoint=endpoint) + VARIABLE
    for stack in stacks:
        # A module each, so that the provider is started a few times and not a few times for each stack.
        (folder / stack.stem).mkdir()
        (folder / stack.stem / "main.tf").write_text(stack.read_text() + VARIABLE)
        root += MODULE.format(name=stack.stem)
    (folder / "main.tf").write_text(root)
    terraform(folder, "init", "-input=false")
    for changed in ("false", "true"):
        variable = f"-var=changed={changed}"
        applied = terraform(folder, "apply", "-input=false", "-auto-approve", variable)
        if "0 destroyed" not in applied:
            sys.exit(f"the change replaces something\n{applied}")
        # 2 would mean that there is something to do.
        terraform(folder, "plan", "-input=false", "-detailed-exitcode", variable)
    terraform(folder, "destroy", "-input=false", "-auto-approve", "-var=changed=true")
print(f"terraform: {len(stacks)} stacks applied, changed and destroyed without drift")
