"""Send what a `requests` session wants to say to the platform to a sandbox instead.

For SDKs built on `requests` that have the platform's host in their code. Token calls go the same way.
"""

from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

PLATFORM = "https://api.weixin.qq.com"


class SandboxAdapter(HTTPAdapter):
    """Mount it for `PLATFORM`; everything else that the session asks for goes its own way."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url.rstrip("/")

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        """Send `request` to the sandbox if it is meant for the platform; a proxy is no way to this machine."""
        url = request.url or ""
        if url.startswith(PLATFORM + "/"):
            request.url = self.base_url + url.removeprefix(PLATFORM)
            more["proxies"] = {}
        return super().send(request, *args, **more)
