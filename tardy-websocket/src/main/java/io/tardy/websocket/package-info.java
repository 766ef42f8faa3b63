/**
 * WebSocket (RFC 6455) in direct style: one frame runs one session, from the handshake to the
 * close. {@link io.tardy.websocket.WebSocketServer} accepts connections, {@link
 * io.tardy.websocket.WebSocketClient} opens them.
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
 * <p>The session's frame receives and sends. Other threads post: {@link
 * io.tardy.websocket.WebSocketConnection#post(CharSequence)} never waits. It adds the message to a
 * bounded queue of the connection, and the {@link io.tardy.websocket.OverflowPolicy} decides what
 * happens when a peer does not read. A message for many connections is a {@link
 * io.tardy.websocket.WebSocketPayload}, which is encoded once.
 *
 * <p>Everything that a peer can make large or slow has a limit: frames, messages, the queue, the
 * handshake, silence and the close. Each limit has a default and a method of the builders, {@link
 * io.tardy.websocket.WebSocketServer.Builder} and {@link
 * io.tardy.websocket.WebSocketClient.Builder}.
 */
@NullMarked
package io.tardy.websocket;

import org.jspecify.annotations.NullMarked;
