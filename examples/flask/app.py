"""A Flask app that sorts its followers. Run: `flask run`, or `gunicorn --workers 2 "app:create_app()"`."""

import os
import tempfile
from pathlib import Path

from flask import Flask, Response, jsonify, request

from fenzu import Client
from fenzu.errors import FenzuError, NotFound
from fenzu.tokens import FileStore


def create_app() -> Flask:
    """Make the app. It makes no call yet, so a server may fork afterwards, with `--preload` too."""
    app = Flask(__name__)
    folder = Path(os.environ.get("TOKEN_FOLDER", tempfile.gettempdir()))
    account = Client(
        os.environ["FENZU_APPID"],
        os.environ["FENZU_SECRET"],
        base_url=os.environ.get("FENZU_BASE_URL", "https://api.weixin.qq.com"),
        token_store=FileStore(folder / "wechat-token.json"),  # one token for all workers
    )

    @app.get("/groups")
    def groups() -> Response:
        return jsonify([{"id": group.id, "name": group.name} for group in account.groups.list()])

    @app.put("/followers/<openid>/group")
    def move(openid: str) -> tuple[str, int]:
        account.groups.move(openid, to=int(request.get_json()["id"]))
        return "", 204

    @app.errorhandler(FenzuError)
    def failed(error: FenzuError) -> tuple[Response, int]:
        return jsonify(error=error.say("en")), 404 if isinstance(error, NotFound) else 502

    return app
