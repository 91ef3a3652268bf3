// A page fetched as programs of Node.js do it: `fetch.js WAY URL [CERTIFICATE]`; what fails is not
// caught. WAY is tls, https, fetch, axios, got or undici.
'use strict';
const fs = require('fs');

const [way, url, name] = process.argv.slice(2);
const pair = name ? { cert: fs.readFileSync(`${name}.pem`), key: fs.readFileSync(`${name}.key`) } : {};
const { hostname, port } = new (require('url').URL)(url);

const ways = {
  tls() {
    const socket = require('tls').connect({ host: hostname, port, servername: hostname, ...pair }, () => {
      socket.write('GET / HTTP/1.0\r\n\r\n');
    });
    socket.setTimeout(5000, () => socket.destroy(new Error('timeout')));
    socket.once('data', (data) => socket.end(console.log(`read ${data.length} bytes`)));
  },
  https() {
    const request = require('https').get(url, { agent: false, timeout: 5000, ...pair }, (answer) => {
      console.log(`HTTP ${answer.statusCode}`);
      answer.resume();
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
  },
  async fetch() {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    console.log(`HTTP ${answer.status}`);
  },
  async axios() {
    const agent = new (require('https').Agent)(pair);
    const answer = await require('axios').get(url, { httpsAgent: agent, timeout: 5000 });
    console.log(`HTTP ${answer.status}`);
  },
  async undici() {
    const { Agent, request } = require('undici');
    const dispatcher = new Agent({ connect: pair, headersTimeout: 5000 });
    console.log(`HTTP ${(await request(url, { dispatcher })).statusCode}`);
  },
};
ways[way]();
