// The npm package faye-websocket with permessage-deflate of the same author: node faye-websocket.js client PORT, or … server.
const http = require('http');
const WebSocket = require('faye-websocket');
const deflate = require('permessage-deflate');
const {attempt, converse, sayAndClose} = require('./conversation.js');

const OPTIONS = {
  'no deflate': null,
  'deflate': {},
  'noContextTakeover': {noContextTakeover: true},
  'requestNoContextTakeover': {requestNoContextTakeover: true},
  'both without context': {noContextTakeover: true, requestNoContextTakeover: true},
  'maxWindowBits 9': {maxWindowBits: 9},
  'maxWindowBits 15': {maxWindowBits: 15},
  'requestMaxWindowBits 9': {requestMaxWindowBits: 9},
  'requestMaxWindowBits 15': {requestMaxWindowBits: 15},
  'all of them': {noContextTakeover: true, requestNoContextTakeover: true, maxWindowBits: 10, requestMaxWindowBits: 11},
};
const CLOSES = 50;
const extensions = options => (options ? [deflate.configure(options)] : []);

function client(port) {
  const connect = options => new WebSocket.Client(`ws://127.0.0.1:${port}/`, [], {extensions: extensions(options)});
  const attempts = Object.entries(OPTIONS).map(([name, options]) => [name, () => converse(connect(options))]);
  for (const options of [null, {}]) {
    attempts.push([`${CLOSES} messages with a close behind them, deflate ${Boolean(options)}`, async () => {
      for (let i = 0; i < CLOSES; i++) {
        await sayAndClose(connect(options), false); // it drops what comes after its close
      }
    }]);
  }
  return attempt(attempts);
}

function server() {
  for (const [name, options] of Object.entries(OPTIONS)) {
    const server = http.createServer().on('upgrade', (request, socket, head) => {
      const peer = new WebSocket(request, socket, head, [], {extensions: extensions(options)});
      peer.on('message', event => peer.send(event.data));
    });
    server.listen(0, '127.0.0.1', () => console.log(`${server.address().port} ${name}`));
  }
}

process.argv[2] === 'server' ? server() : client(process.argv[3]);
