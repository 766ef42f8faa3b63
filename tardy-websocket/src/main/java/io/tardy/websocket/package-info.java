/**
 * WebSocket (RFC 6455) in direct style: one frame is one session, from the handshake over the
 * messages to the close. {@link io.tardy.websocket.WebSocketServer} accepts connections, {@link
 * io.tardy.websocket.WebSocketConnection#connect} makes one.
 */
package io.tardy.websocket;
