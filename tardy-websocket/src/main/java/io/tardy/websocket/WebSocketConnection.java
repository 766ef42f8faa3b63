package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.tardy.TardyRuntime;
import io.tardy.net.ProxyHeader;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket connection of a server or a client.
 *
 * <pre>{@code
 * for (WebSocketMessage message; (message = ws.receive()) != null; ) {
 *     ws.sendText(message.text());
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Frames of the connection's runtime receive, send, ping and close; at any time
 * one frame may receive and one may wait to send. Any thread may call {@link #post}, which never
 * waits, and the methods that only report something.
 *
 * <p><b>Control frames.</b> Pings are answered even while no frame receives. When the peer closes,
 * {@code receive} first returns everything that came before; then the close frame is answered. If
 * no frame calls {@code receive} within the close timeout, it is answered anyway.
 *
 * <p><b>Protocol violations.</b> A peer that breaks the protocol is disconnected with the code that
 * RFC 6455 requires. {@code receive} returns null, as at any other end, and {@link #closeCode}
 * returns the code.
 *
 * <p><b>Half-close.</b> A peer may end its direction, with or without a close frame. It still
 * receives what you send until {@code receive} has returned null. If it sent no close frame, the
 * code is 1006 and no close frame goes back (RFC 6455, section 7.1.7).
 */
public final class WebSocketConnection implements AutoCloseable {

    private final TardyRuntime runtime;
    private final FrameChannel channel;
    private final WebSocketSession session;
    private final Handshake handshake;

    /** Only for the thread of the runtime. */
    private final IncomingMessage incoming;

    /**
     * The result of the handshake.
     *
     * @param sharesFrames whether several connections can send the same encoded frame
     */
    record Handshake(String uri, HttpHeaders headers, String subprotocol, boolean sharesFrames) {}

    WebSocketConnection(
            TardyRuntime runtime,
            FrameChannel channel,
            WebSocketSession session,
            Settings settings,
            Handshake handshake) {
        this.runtime = runtime;
        this.channel = channel;
        this.session = session;
        this.handshake = handshake;
        this.incoming = new IncomingMessage(channel.channel().alloc(), settings.messageBytesMax());
    }

    /**
     * Connects to a server with the default settings of {@link WebSocketClient}. Call it in a
     * frame; the connection lives on that frame's runtime.
     *
     * @param uri its scheme is {@code ws} or {@code wss}
     * @throws HandshakeRefusedException if the server refuses the handshake
     * @throws IOException if the connection fails
     */
    public static WebSocketConnection connect(URI uri) throws IOException {
        return WebSocketClient.builder().build().connect(uri);
    }

    // Receiving.

    /**
     * Waits for the next message and joins its fragments.
     *
     * @return null at the end: either side has closed, the peer has broken the protocol, or the
     *     connection is gone; {@link #closeCode} says which
     * @throws io.tardy.netty.PipelineException if the connection fails otherwise: in TLS, in a
     *     handler, or in a posted message that cannot be encoded
     * @throws io.tardy.aio.CancelledException if the frame is cancelled; no message is lost
     * @throws io.tardy.aio.DeadlineExceededException if the frame's deadline passes while it waits;
     *     no message is lost
     * @throws IllegalStateException within a message that {@link #receiveFragment} has begun;
     *     outside a frame of this runtime; while another frame receives
     */
    public @Nullable WebSocketMessage receive() throws IOException {
        incoming.requireNoFragments();
        for (WebSocketFrame frame; (frame = nextFrame()) != null; ) {
            WebSocketMessage message;
            try {
                message = joinIfRoom(frame);
            } finally {
                frame.release();
            }
            if (message != null) {
                return message;
            }
        }
        incoming.release();
        return null;
    }

    /**
     * Waits for the next fragment; use it for messages that are too long to hold in memory. A
     * message that the peer has not fragmented is one fragment. A compressed fragment has at most
     * {@code messageBytesMax} bytes after decompression.
     *
     * @return null at the end, like {@link #receive}
     * @throws IllegalStateException if a cancelled {@code receive} has already joined the beginning
     *     of this message; otherwise like {@link #receive}
     */
    public @Nullable WebSocketFragment receiveFragment() throws IOException {
        incoming.requireNotJoining();
        WebSocketFrame frame = nextFrame();
        return frame == null ? null : incoming.toFragment(frame);
    }

    private WebSocketFrame nextFrame() throws IOException {
        session.receiverStarted();
        if (session.isReceiverStopped()) {
            return null;
        }
        Object message = read();
        if (message instanceof WebSocketFrame frame) {
            session.received();
            return frame;
        }
        if (message == WebSocketSession.END) {
            session.execute(session::answerPeer);
        }
        return null;
    }

    /** Skips the exceptions of a peer that has gone: the end of the connection follows them. */
    private Object read() throws IOException {
        for (; ; ) {
            try {
                return channel.read();
            } catch (PipelineException e) {
                if (!e.isPeerGone()) {
                    throw e;
                }
            }
        }
    }

    private WebSocketMessage joinIfRoom(WebSocketFrame frame) {
        if (incoming.hasRoomFor(frame)) {
            return incoming.join(frame);
        }
        incoming.release();
        session.stopReceiver(new CloseStatus(CloseStatus.TOO_BIG, "the message is too long"));
        return null;
    }

    // Sending.

    /**
     * Sends a text message. Waits while the peer is slow to read earlier ones. Unpaired surrogates
     * become question marks.
     *
     * @throws ClosedChannelException if this side has closed or has answered the peer's close, or
     *     if the connection is gone
     * @throws IOException if the connection fails
     * @throws io.tardy.aio.CancelledException if the frame is cancelled
     * @throws io.tardy.aio.DeadlineExceededException if the frame's deadline passes while it waits;
     *     nothing of this message is sent then
     * @throws IllegalStateException outside a frame of this runtime; while another frame waits to
     *     send
     */
    public void sendText(CharSequence text) throws IOException {
        write(new TextWebSocketFrame(Utf8.encode(text)));
    }

    /** Sends a binary message like {@link #sendText}; copies the bytes. */
    public void sendBinary(byte[] bytes) throws IOException {
        sendBinary(Unpooled.copiedBuffer(bytes));
    }

    /** Sends the remaining bytes like {@link #sendText}; copies and then consumes them. */
    public void sendBinary(ByteBuffer bytes) throws IOException {
        sendBinary(Unpooled.copiedBuffer(bytes));
        bytes.position(bytes.limit());
    }

    /** Sends a binary message like {@link #sendText}; releases the buffer, even if it throws. */
    public void sendBinary(ByteBuf bytes) throws IOException {
        write(new BinaryWebSocketFrame(bytes));
    }

    /**
     * Sends a ping; the pong is not reported. The idle timeout sends its own pings.
     *
     * @param payload at most 125 bytes
     * @throws IOException like {@link #sendText}
     */
    public void ping(byte... payload) throws IOException {
        if (payload.length > 125) {
            throw new IllegalArgumentException("a ping has at most 125 bytes");
        }
        write(new PingWebSocketFrame(Unpooled.copiedBuffer(payload)));
    }

    private void write(WebSocketFrame frame) throws IOException {
        if (session.isClosing()) {
            frame.release();
            throw new ClosedChannelException();
        }
        channel.write(frame);
        if (session.isClosing()) {
            throw new ClosedChannelException(); // closed while this waited
        }
    }

    /**
     * Waits until everything that was sent has been handed to the system. Does not wait for posted
     * messages.
     */
    public void flush() throws IOException {
        channel.flush();
    }

    // Posting.

    /**
     * Queues a text message. Any thread may call this; it never waits. Messages that one thread
     * posts go out in that order. There is no order between posted messages and those that frames
     * send.
     *
     * @return false if the message was dropped: the queue is full and its policy drops or closes,
     *     or the connection is closed. True does not promise delivery: the connection may end
     *     first, and {@link OverflowPolicy#DROP_OLDEST} may drop the message later
     */
    public boolean post(CharSequence text) {
        ByteBuf content = Utf8.encode(text);
        return post(new TextWebSocketFrame(content), content.readableBytes());
    }

    /** Queues a binary message like {@link #post(CharSequence)}; copies the bytes. */
    public boolean post(byte[] bytes) {
        return post(new BinaryWebSocketFrame(Unpooled.copiedBuffer(bytes)), bytes.length);
    }

    /** Queues an encoded message like {@link #post(CharSequence)}. */
    public boolean post(WebSocketPayload payload) {
        return post(
                handshake.sharesFrames() ? payload.toWire() : payload.toFrame(), payload.bytes());
    }

    private boolean post(Object message, int bytes) {
        if (session.outbound().offer(message, bytes)) {
            session.scheduleDrain();
            return true;
        }
        if (session.outbound().closesOnOverflow() && isOpen()) {
            session.execute(session::closeForOverflow);
        }
        return false;
    }

    /** The bytes in the queue, 14 added for each message. Any thread may call this. */
    public long queuedBytes() {
        return session.outbound().bytesQueued();
    }

    /** The number of posted messages that were dropped. Any thread may call this. */
    public long droppedCount() {
        return session.outbound().dropped();
    }

    // Closing.

    /** Calls {@link #close(int, String)} with code 1000. */
    @Override
    public void close() throws IOException {
        close(CloseStatus.NORMAL, "");
    }

    /**
     * Sends a close frame behind everything that was sent and posted. Then waits, at most for the
     * close timeout, until the peer has answered and the connection has ended. After the call
     * nothing is received or sent. If the peer has closed first, it gets its own code back. Closing
     * again does nothing.
     *
     * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999
     * @param reason at most 123 bytes of UTF-8
     * @throws io.tardy.aio.CancelledException if the frame is cancelled; the connection closes
     *     anyway
     * @throws io.tardy.aio.DeadlineExceededException if the frame's deadline passes while it waits;
     *     the connection closes anyway
     */
    public void close(int code, String reason) throws IOException {
        CloseStatus with = CloseStatus.requireLegal(code, reason);
        session.execute(() -> session.close(with));
        try {
            runtime.await(channel.channel().closeFuture());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            closeFrameChannel();
        }
    }

    /** Waits for the channel's end, then releases everything that was not received. */
    private void closeFrameChannel() {
        incoming.release();
        ChannelFuture end = channel.channel().closeFuture();
        if (end.isDone()) {
            channel.close(); // a loop that has ended would not notify a listener
        } else {
            end.addListener(closed -> channel.close());
        }
    }

    /** Closes without waiting. The owner of the channel releases what was not received. */
    void closeSoon(int code, String reason) {
        session.execute(() -> session.close(new CloseStatus(code, reason)));
        incoming.release();
    }

    /** Returns true until this side knows that either has closed. Any thread may call this. */
    public boolean isOpen() {
        return session.status() == null;
    }

    /**
     * The code of the first close frame, sent or received. It is 1005 if the peer gave none, 1006
     * if the connection ended without a close frame, and -1 while the connection is open. Any
     * thread may call this.
     */
    public int closeCode() {
        CloseStatus status = session.status();
        return status == null ? -1 : status.code();
    }

    /** The reason that came with the code, possibly empty. Any thread may call this. */
    public String closeReason() {
        CloseStatus status = session.status();
        return status == null ? "" : status.reason();
    }

    // The result of the handshake; any thread.

    /** The agreed subprotocol, or null. */
    public @Nullable String subprotocol() {
        return handshake.subprotocol();
    }

    /** The target of the handshake: the path and, if there is one, the query. */
    public String uri() {
        return handshake.uri();
    }

    /** The headers of the peer's handshake. Do not change them. */
    public HttpHeaders headers() {
        return handshake.headers();
    }

    /**
     * The peer's address; with {@link WebSocketServer.Builder#proxies} that of the client whom the
     * load balancer has named.
     */
    public SocketAddress remoteAddress() {
        ProxyHeader header = ProxyHeader.of(channel.channel());
        SocketAddress source = header == null ? null : header.source();
        return source == null ? channel.channel().remoteAddress() : source;
    }

    /** The runtime that the connection lives on; its frames receive and send. */
    public TardyRuntime runtime() {
        return runtime;
    }

    @Override
    public String toString() {
        return "WebSocket " + handshake.uri() + " " + channel.channel();
    }
}
