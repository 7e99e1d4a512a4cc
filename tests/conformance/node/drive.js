'use strict';

// Drives one Node SDK for the Python tests: a JSON line {"call", "args"} in, a JSON line {"value"} or {"error"} out.
// Started as `node drive.js RECIPE`; the address and the credentials come by the environment.
const readline = require('readline');

const recipe = require(process.argv[2]);
const { FENZU_BASE_URL, FENZU_APPID, FENZU_SECRET } = process.env;
if (recipe.addBatchMove) recipe.addBatchMove(FENZU_BASE_URL);
const api = recipe.connect(FENZU_BASE_URL, FENZU_APPID, FENZU_SECRET);

function answer(error, value) {
  const line = error ? { error: { code: error.code ?? null, message: error.message } } : { value };
  process.stdout.write(JSON.stringify(line) + '\n');
}

// wechat-api takes a callback at the end, co-wechat-api returns a promise.
function perform(call, args) {
  if (call === 'spoilToken') {
    const token = { accessToken: 'made-up', expireTime: Date.now() + 3600 * 1000 };
    api.store = token;
    return answer(null, null);
  }
  if (recipe.addBatchMove) return api[call](...args, answer);
  return api[call](...args).then((value) => answer(null, value), answer);
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { call, args } = JSON.parse(line);
  perform(call, args);
});
