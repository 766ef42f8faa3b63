// What the npm packages say to an echo server, and how they end it.
const crypto = require('crypto');

const MESSAGES = [
  '', 'hello', 'größe 日本', 'x'.repeat(200000), crypto.randomBytes(5), crypto.randomBytes(1 << 20),
  // What compresses well because it was said before, and what does not.
  ...Array.from({length: 20}, (_, i) => JSON.stringify({number: i, text: 'the same text each time, or nearly'})),
  crypto.randomBytes(70000), '{}'.repeat(50000),
];
const PATIENCE_MS = 20000;

function same(expected, got) {
  return typeof expected === 'string' ? got === expected : Buffer.isBuffer(got) && got.equals(expected);
}

/** Each message comes back as it went; then both sides close with 1000. The client has send, close and the events of a browser's. */
function converse(client) {
  return new Promise((resolve, reject) => {
    let next = 0;
    client.onopen = () => client.send(MESSAGES[0]);
    client.onerror = event => reject(new Error(event.message || 'error'));
    client.onmessage = ({data}) => {
      if (!same(MESSAGES[next], typeof data === 'string' ? data : Buffer.from(data))) {
        reject(new Error(`message ${next} came back changed`));
      } else if (++next < MESSAGES.length) {
        client.send(MESSAGES[next]);
      } else {
        client.close(1000, 'done');
      }
    };
    client.onclose = ({code}) =>
      code === 1000 && next === MESSAGES.length ? resolve() : reject(new Error(`closed with ${code} after ${next} messages`));
  });
}

/** One message and the close behind it, at once: the close comes, and before it the answer, where the client still shows it. */
function sayAndClose(client, showsAnswer) {
  return new Promise((resolve, reject) => {
    const got = [];
    client.onopen = () => {
      client.send('last');
      client.close(1000, 'done');
    };
    client.onerror = event => reject(new Error(event.message || 'error'));
    client.onmessage = ({data}) => got.push(data.toString());
    client.onclose = ({code}) =>
      code === 1000 && got.join() === (showsAnswer ? 'last' : '') ? resolve() : reject(new Error(`closed with ${code} after '${got}'`));
  });
}

/** Runs named attempts, one after the other. Says what failed; then the status is 1. */
async function attempt(attempts) {
  for (const [name, run] of attempts) {
    let timer;
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('too slow')), PATIENCE_MS); });
    try {
      await Promise.race([run(), late]);
    } catch (error) {
      console.log(`${name}: ${error.message}`);
      process.exitCode = 1;
    }
    clearTimeout(timer);
  }
  console.log('done');
}

module.exports = {attempt, converse, sayAndClose};
