'use strict';

// Lets every https agent go by the proxy in HTTPS_PROXY; by itself Node heeds that variable for its global agent at most.
// NODE_OPTIONS="--require /path/to/through_proxy.js" loads it before any program, whose code stays as it is.
const http = require('http');
const https = require('https');
const tls = require('tls');

const proxy = new URL(process.env.HTTPS_PROXY);
const direct = https.Agent.prototype.createConnection;

https.Agent.prototype.createConnection = function (options, done) {
  if (['localhost', '127.0.0.1', '::1'].includes(options.host)) return direct.call(this, options, done);
  const path = `${options.host}:${options.port || 443}`;
  http
    .request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path, agent: false })
    .once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return done(null, tls.connect({ ...options, socket }));
      socket.destroy();
      done(new Error(`the proxy refused ${path}: ${answer.statusCode}`));
    })
    .once('error', done)
    .end();
};
