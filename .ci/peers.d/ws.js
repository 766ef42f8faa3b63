// The npm package ws: node ws.js client PORT [PATH], node ws.js goodbye PORT, or node ws.js server.
const WebSocket = require('ws');
const {attempt, converse, sayAndClose} = require('./conversation.js');

const OPTIONS = {
  'no deflate': false,
  'deflate': true,
  'threshold 0': {threshold: 0},
  'serverNoContextTakeover': {threshold: 0, serverNoContextTakeover: true},
  'clientNoContextTakeover': {threshold: 0, clientNoContextTakeover: true},
  'both without context': {threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true},
  'serverMaxWindowBits 15': {threshold: 0, serverMaxWindowBits: 15},
  'serverMaxWindowBits 11': {threshold: 0, serverMaxWindowBits: 11},
  'serverMaxWindowBits 8': {threshold: 0, serverMaxWindowBits: 8},
  'clientMaxWindowBits 15': {threshold: 0, clientMaxWindowBits: 15},
  'clientMaxWindowBits 9': {threshold: 0, clientMaxWindowBits: 9},
  'all of them': {threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 9, clientMaxWindowBits: 10},
};
const CLOSES = 50;

function client(port, path = '/') {
  const connect = perMessageDeflate => new WebSocket(`ws://127.0.0.1:${port}${path}`, {perMessageDeflate});
  const attempts = Object.entries(OPTIONS).map(([name, options]) => [name, async () => {
    const client = connect(options);
    await converse(client);
    // What a server cannot do it may decline.
    const mayBeDeclined = /WindowBits/.test(JSON.stringify(options));
    if (!mayBeDeclined && Boolean(options) !== client.extensions.startsWith('permessage-deflate')) {
      throw new Error(`extensions: '${client.extensions}'`);
    }
  }]);
  for (const options of [false, true]) {
    attempts.push([`${CLOSES} messages with a close behind them, deflate ${options}`, async () => {
      for (let i = 0; i < CLOSES; i++) {
        await sayAndClose(connect(options), true);
      }
    }]);
  }
  attempts.push(['two sides of a ping', () => new Promise((resolve, reject) => {
    const client = connect(false);
    client.on('open', () => client.ping('are you there'));
    client.on('error', reject);
    client.on('pong', data => {
      client.close();
      data.toString() === 'are you there' ? resolve() : reject(new Error(`pong ${data}`));
    });
  })]);
  return attempt(attempts);
}

function server() {
  for (const [name, perMessageDeflate] of Object.entries(OPTIONS)) {
    const server = new WebSocket.Server({host: '127.0.0.1', port: 0, perMessageDeflate, maxPayload: 1 << 24}, () =>
      console.log(`${server.address().port} ${name}`));
    server.on('connection', peer => peer.on('message', (data, isBinary) => peer.send(data, {binary: isBinary})));
  }
}

/** Stays until the server ends, which says so with code 1001. */
function goodbye(port) {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  client.on('open', () => console.log('open'));
  client.on('error', error => console.log(error.message));
  client.on('close', code => {
    console.log(`closed with ${code}`);
    process.exitCode = code === 1001 ? 0 : 1;
  });
}

const [what, ...rest] = process.argv.slice(2);
({client, server, goodbye})[what](...rest);
