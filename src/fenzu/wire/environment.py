"""The variables that tell a program where a sandbox is: their names, and which hold what. Nothing is read here.

The sandbox prints and writes them, `fenzu.testing` hands them to a program under test, the command line reads them.
"""

BASE_URL = "FENZU_BASE_URL"
APPID = "FENZU_APPID"
SECRET = "FENZU_SECRET"
CONTROL_URL = "FENZU_CONTROL_URL"
CA_FILE = "FENZU_CA_FILE"
SANDBOX_PID = "FENZU_SANDBOX_PID"
TOKEN = "FENZU_TOKEN"
"""Stands for a token in the lines for a shell that the request log gives; nothing sets it."""

PROXIES = ("HTTPS_PROXY", "https_proxy")
"""Who reads both takes the second one first, so it has to say the same."""
TRUST = {
    "REQUESTS_CA_BUNDLE": "Python: requests",
    "SSL_CERT_FILE": "OpenSSL: urllib, httpx, Ruby, Go",
    "NODE_EXTRA_CA_CERTS": "Node",
    "CURL_CA_BUNDLE": "curl",
}
"""Whom to trust, by the names that libraries have for it, and which library that is."""

OURS = frozenset({BASE_URL, APPID, SECRET, CONTROL_URL, CA_FILE, SANDBOX_PID, *PROXIES, *TRUST})
"""All that a sandbox may set."""


def variables(
    *, base_url: str, appid: str, secret: str, control_url: str, ca_file: str | None = None
) -> dict[str, str]:
    """Return what fenzu's commands and the recipes read; whom to trust only where there is an authority."""
    found = {BASE_URL: base_url, APPID: appid, SECRET: secret, CONTROL_URL: control_url}
    return found if ca_file is None else {**found, CA_FILE: ca_file}


def proxy_variables(proxy_url: str, ca_file: str) -> dict[str, str]:
    """Return what leads a program to the sandbox that asks the platform's own host."""
    return dict.fromkeys(PROXIES, proxy_url) | dict.fromkeys(TRUST, ca_file)
