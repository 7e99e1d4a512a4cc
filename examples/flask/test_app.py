import pytest
from app import create_app
from flask.testing import FlaskClient

from fenzu import Client
from fenzu.testing import SandboxAccount


@pytest.fixture
def web(wechat_sandbox: SandboxAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> FlaskClient:
    for name, value in {**wechat_sandbox.environment, "TOKEN_FOLDER": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    return create_app().test_client()


def test_groups(web: FlaskClient, wechat_client: Client) -> None:
    wechat_client.groups.create("VIP")
    assert web.get("/groups").get_json()[3:] == [{"id": 100, "name": "VIP"}]


def test_move(web: FlaskClient, wechat_client: Client, wechat_sandbox: SandboxAccount) -> None:
    [openid] = wechat_sandbox.add_followers(1)
    assert web.put(f"/followers/{openid}/group", json={"id": 2}).status_code == 204
    assert wechat_client.groups.of(openid) == 2


def test_a_stranger_is_not_found(web: FlaskClient) -> None:
    answer = web.put("/followers/oStranger/group", json={"id": 2})
    assert answer.status_code == 404
    assert "40003" in answer.get_json()["error"]
