'use strict';

// co-wechat-api 3.11.0 against a sandbox: it has an address to set, `prefix`; the token call uses it too.
const WechatAPI = require('co-wechat-api');

exports.connect = function (baseUrl, appid, secret) {
  const api = new WechatAPI(appid, secret);
  api.prefix = baseUrl + '/cgi-bin/';
  return api;
};

if (require.main === module) {
  const { FENZU_BASE_URL, FENZU_APPID, FENZU_SECRET } = process.env;
  exports.connect(FENZU_BASE_URL, FENZU_APPID, FENZU_SECRET).getGroups().then(({ groups }) => {
    for (const group of groups) console.log(group.id, group.name, group.count);
  });
}
