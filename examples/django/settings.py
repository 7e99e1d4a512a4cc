"""What a Django project's settings need for fenzu: the account, and a cache that all processes share."""

import os

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "only for tests")
INSTALLED_APPS = ["followers"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": os.environ.get("CACHE_FOLDER", "/var/tmp/django-cache"),
    }
}
WECHAT = {
    "appid": os.environ.get("FENZU_APPID", ""),
    "secret": os.environ.get("FENZU_SECRET", ""),
    "base_url": os.environ.get("FENZU_BASE_URL", "https://api.weixin.qq.com"),
}
