/**
 * WebSocket (RFC 6455) in direct style: one frame is one session, from the handshake over the
 * messages to the close. {@link io.tardy.websocket.WebSocketServer} accepts connections, {@link
 * io.tardy.websocket.WebSocketClient} makes them.
 *
 * <pre>{@code
 * private static void echo(WebSocketConnection ws) throws IOException {
 *     for (WebSocketMessage message;
 *             (message = ws.receive()) != null; ) { // waits; the thread serves others
 *         switch (message) {
 *             case WebSocketMessage.Text text -> ws.sendText(text.text());
 *             case WebSocketMessage.Binary binary -> ws.sendBinary(binary.bytes());
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>The session's frame receives and sends. Every other thread posts: {@link
 * io.tardy.websocket.WebSocketConnection#post(CharSequence)} never waits, for it puts the message
 * into a queue of the connection, whose bound and {@link io.tardy.websocket.OverflowPolicy} say
 * what becomes of a peer who does not read. A message for many connections is a {@link
 * io.tardy.websocket.WebSocketPayload}, encoded once.
 *
 * <p>Everything that a peer can make large or slow has a bound with a default, in {@link
 * io.tardy.websocket.WebSocketSettings}: frames, messages, the queue, the handshake, silence, the
 * close.
 */
@NullMarked
package io.tardy.websocket;

import org.jspecify.annotations.NullMarked;
