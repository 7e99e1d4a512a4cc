'use strict';

// wechat-api 1.35.1 against a sandbox: `setEndpoint` insists on https, so the address is set directly.
const WechatAPI = require('wechat-api');

exports.connect = function (baseUrl, appid, secret) {
  const api = new WechatAPI(appid, secret);
  api.endpoint = baseUrl;
  return api;
};

// groups/members/batchupdate is not among its methods; `patch` is its own way to add a call.
exports.addBatchMove = function (baseUrl) {
  WechatAPI.patch('moveUsersToGroup', baseUrl + '/cgi-bin/groups/members/batchupdate', false);
};

if (require.main === module) {
  const { FENZU_BASE_URL, FENZU_APPID, FENZU_SECRET } = process.env;
  exports.connect(FENZU_BASE_URL, FENZU_APPID, FENZU_SECRET).getGroups((error, answer) => {
    if (error) throw error;
    for (const group of answer.groups) console.log(group.id, group.name, group.count);
  });
}
