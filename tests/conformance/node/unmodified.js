'use strict';

// The same as tests/conformance/unmodified.py for two Node SDKs: `node unmodified.js NAME APPID SECRET OPENID`.
const { promisify } = require('util');

const [name, appid, secret, openid] = process.argv.slice(2);
const WechatAPI = require(name);
const api = new WechatAPI(appid, secret);

function call(method, ...args) {
  return name === 'wechat-api' ? promisify(api[method]).call(api, ...args) : api[method](...args);
}

async function main() {
  const made = await call('createGroup', 'VIP');
  await call('moveUserToGroup', openid, made.group.id);
  const { groups } = await call('getGroups');
  for (const group of groups) console.log(group.name);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
