#!/bin/sh
# Makes the secrets of compose.production.yaml in secrets/ beside this file: run it once, as root, because each file belongs to
# the user that reads it in its container. It replaces nothing.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir secrets
cd secrets
random() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }

random 32 > lido.key
password=$(random 24 | tr '+/' '-_')
printf '%s' "$password" > database-password
printf 'database:5432:lido:lido:%s\n' "$password" > pgpass

# One administrator, who may do everything: docs/iam.md has more about users and policies.
cat > credentials.json <<END
{
  "users": [
    {
      "name": "admin",
      "accessKeyId": "AKIA$(random 64 | tr -dc 'A-Z2-7' | head -c 16)",
      "secretAccessKey": "$(random 30)",
      "policies": [
        {
          "Version": "2012-10-17",
          "Statement": [{ "Effect": "Allow", "Action": "cognito-idp:*", "Resource": "*" }]
        }
      ]
    }
  ]
}
END

# Lido is 65532 in its image, PostgreSQL 999 in that of Debian.
chown 65532:65532 lido.key pgpass credentials.json
chown 999:999 database-password
