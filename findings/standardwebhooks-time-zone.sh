#!/usr/bin/env bash
# What: standardwebhooks for Python signs the digits on the clock of an aware datetime as if they were UTC. The same
#  moment in Nepal's time (UTC+05:45) gets another signature, and the receiver refuses the message.
# Where it matters: a sender in Nepal that passes a time in its own zone, such as Django's localtime(). Pass UTC.
# Versions: standardwebhooks 1.1.0.
# Source: https://github.com/standard-webhooks/standard-webhooks/issues/251 (open when this was written)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0
"$folder/venv/bin/python" - <<'PYTHON'
from base64 import b64encode
from datetime import datetime, timedelta, timezone

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook("whsec_" + b64encode(b"a secret of no other use").decode())
body = '{"paid": 150000}'
now = datetime.now(timezone.utc)
nepal = now.astimezone(timezone(timedelta(hours=5, minutes=45)))


def received(time):
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(time.timestamp())),
        "webhook-signature": webhook.sign("msg_1", time, body),
    }
    try:
        return webhook.verify(body, headers)
    except WebhookVerificationError as error:
        return str(error)


later = now + timedelta(hours=5, minutes=45)
seen = {
    "same moment": now == nepal,
    "signed in UTC": received(now),
    "signed in Nepal's time": received(nepal),
    "is the signature of 5:45 hours later": webhook.sign("msg_1", nepal, body) == webhook.sign("msg_1", later, body),
}
stated = {
    "same moment": True,
    "signed in UTC": {"paid": 150000},
    "signed in Nepal's time": "No matching signature found",
    "is the signature of 5:45 hours later": True,
}
for what, value in seen.items():
    print(f"{what}: {value}")
if seen != stated:
    raise SystemExit(f"Changed. Stated was: {stated}")
print("As stated.")
PYTHON
