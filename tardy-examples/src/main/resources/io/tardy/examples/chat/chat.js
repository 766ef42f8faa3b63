'use strict';

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5000;
const LOG_LINES_MAX = 500;
const TOO_SLOW = 1013;

const byId = id => document.getElementById(id);
const visit = new URLSearchParams(location.search);
let members = [];
let socket = null;
let retryMs = RETRY_MS_MIN;

byId('enter').addEventListener('submit', event => {
  event.preventDefault();
  for (const field of ['name', 'room']) {
    visit.set(field, event.target.elements[field].value);
  }
  history.replaceState(null, '', '?' + visit); // so that a reload comes back
  enter();
});

byId('say').addEventListener('submit', event => {
  event.preventDefault();
  const text = event.target.elements.text;
  if (socket && socket.readyState === WebSocket.OPEN) {
    socket.send(text.value);
    text.value = '';
  }
});

function enter() {
  byId('place').textContent = '# ' + visit.get('room');
  byId('enter').hidden = true;
  byId('room').hidden = false;
  document.title = visit.get('room') + ' - Tardy chat';
  connect();
  byId('say').elements.text.focus();
}

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const room = encodeURIComponent(visit.get('room'));
  const name = encodeURIComponent(visit.get('name'));
  socket = new WebSocket(`${scheme}//${location.host}/rooms/${room}?name=${name}`);
  socket.onopen = () => {
    retryMs = RETRY_MS_MIN;
    byId('log').replaceChildren(); // the history comes again
    show('open', 'connected');
  };
  socket.onmessage = event => receive(event.data);
  socket.onclose = event => {
    tell([]);
    show('gone', event.code === TOO_SLOW
        ? 'too slow for this room; coming back'
        : 'the server is gone; trying again');
    setTimeout(connect, retryMs * (0.5 + Math.random() / 2)); // not all at once
    retryMs = Math.min(2 * retryMs, RETRY_MS_MAX);
  };
}

function receive(event) {
  const [kind, first, ...rest] = event.split(' ');
  switch (kind) {
    case 'said': return append(first === visit.get('name') ? 'own' : '', rest.join(' '), first);
    case 'here': return tell([first, ...rest]);
    case 'came': append('note', first + ' came'); return tell([...members, first]);
    case 'left': append('note', first + ' left'); return tell(without(first));
    case 'away': return show('gone', 'cut off from the others; what you say waits');
    case 'back': return show('open', 'connected');
    case 'missed': return append('note', 'there was more than could be kept');
    case 'unsent': return append('note', 'too much waits already, not sent: ' + [first, ...rest].join(' '));
    case 'slow': byId('slow').textContent = 'slow clients dropped: ' + first;
  }
}

function append(kind, text, name) {
  const log = byId('log');
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const line = document.createElement('li');
  line.className = kind;
  if (name) {
    const by = Object.assign(document.createElement('b'), {textContent: name});
    by.style.setProperty('--hue', hue(name));
    line.append(by);
  }
  line.append(text); // as text: nobody puts markup into the pages of others
  log.append(line);
  if (log.childElementCount > LOG_LINES_MAX) {
    log.firstElementChild.remove();
  }
  if (isAtEnd) {
    log.scrollTop = log.scrollHeight;
  }
}

/** The same name has the same colour everywhere. */
function hue(name) {
  return [...name].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)) % 360, 7);
}

function tell(names) {
  members = names;
  byId('members').textContent = names.length ? 'here: ' + names.join(', ') : '';
}

/** One of them: two may have the same name. */
function without(name) {
  const at = members.indexOf(name);
  return members.filter((_, index) => index !== at);
}

function show(state, text) {
  const status = byId('status');
  status.className = state;
  status.textContent = text;
  byId('say').querySelector('button').disabled = socket.readyState !== WebSocket.OPEN;
}

for (const field of ['name', 'room']) {
  if (visit.has(field)) {
    byId('enter').elements[field].value = visit.get(field);
  }
}
if (visit.has('name') && visit.has('room') && byId('enter').checkValidity()) {
  enter();
}
