"""A plain Flask stub, as people write one for their tests: the calls that they need, a dictionary behind them.

It runs as such stubs are run, by Flask's own server with a thread for each connection. Prints its port when it listens.
"""

import logging

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from bench.sandboxes import CUSTOM_GROUPS, FIRST_GROUP

app = Flask(__name__)
GROUPS = [
    {"id": FIRST_GROUP + number, "name": f"组 {number}", "count": 0} for number in range(CUSTOM_GROUPS + 3)
]
MEMBERS: dict[str, int] = {}


@app.post("/cgi-bin/groups/getid")
def getid() -> ResponseReturnValue:
    """Answer a follower's group; whoever is not known is in 0."""
    if not request.args.get("access_token"):
        return jsonify(errcode=41001, errmsg="access_token missing")
    openid = request.get_json(force=True)["openid"]
    return jsonify(groupid=MEMBERS.get(openid, 0))


@app.get("/cgi-bin/groups/get")
def get() -> ResponseReturnValue:
    """Answer all groups."""
    if not request.args.get("access_token"):
        return jsonify(errcode=41001, errmsg="access_token missing")
    return jsonify(groups=GROUPS)


def main() -> None:
    """Serve until the process is ended; no line for each request, as in a test that is quiet."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
