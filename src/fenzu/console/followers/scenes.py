"""How somebody came to follow, in words. The platform's list: https://developers.weixin.qq.com/doc/subscription/api/usermanage/userinfo/api_userinfo.html."""

from fenzu.wire.words import Words

SCENES: dict[str, Words] = {
    "ADD_SCENE_SEARCH": Words("by search", "公众号搜索"),
    "ADD_SCENE_ACCOUNT_MIGRATION": Words("moved over from another account", "公众号迁移"),
    "ADD_SCENE_PROFILE_CARD": Words("by a shared card", "名片分享"),
    "ADD_SCENE_QR_CODE": Words("by a QR code", "扫描二维码"),
    "ADD_SCENE_PROFILE_LINK": Words("by the name in an article", "图文页内名称点击"),
    "ADD_SCENE_PROFILE_ITEM": Words("by the menu of an article", "图文页右上角菜单"),
    "ADD_SCENE_PAID": Words("after a payment", "支付后关注"),
    "ADD_SCENE_WECHAT_ADVERTISEMENT": Words("by an advertisement", "微信广告"),
    "ADD_SCENE_REPRINT": Words("by an article elsewhere", "他人转载"),
    "ADD_SCENE_LIVESTREAM": Words("by a live stream", "视频号直播"),
    "ADD_SCENE_CHANNELS": Words("by Channels", "视频号"),
    "ADD_SCENE_WXA": Words("by a mini program", "小程序关注"),
    "ADD_SCENE_OTHERS": Words("otherwise", "其他"),
}


def scene_words(scene: str) -> Words:
    """Return what a scene means; one that is new stands for itself."""
    return SCENES.get(scene, Words(scene, scene))
