package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket connection, of a server or a client.
 *
 * <pre>{@code
 * for (WebSocketMessage message; (message = ws.receive()) != null; ) {
 *     ws.sendText(message.text());
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Receiving, sending, pinging and closing are for frames of the connection's
 * runtime, one of them receiving and one waiting to send at a time. Every thread may call {@link
 * #post}, which never waits, and the methods that only tell something.
 *
 * <p><b>Control frames.</b> Pings are answered whether the frame receives or not. A peer who closes
 * gets his answer when {@code receive} has returned all that came before; a frame that does not
 * come back to it within the close timeout is not waited for.
 *
 * <p><b>A peer who breaks the protocol</b> is closed with the code that RFC 6455 demands; {@code
 * receive} returns null then, as at any other end, and {@link #closeCode} tells.
 *
 * <p><b>A peer who ends his direction</b>, behind his close frame or without one, still gets what
 * is sent until {@code receive} has returned null; without one the code is 1006, and no close frame
 * goes back (RFC 6455, 7.1.7).
 */
public final class WebSocketConnection implements AutoCloseable {

    private final TardyRuntime runtime;
    private final FrameChannel channel;
    private final WebSocketSession session;
    private final Settings settings;
    private final Handshake handshake;

    // Frames of the runtime.
    private ByteBuf joined;
    private boolean joinsText;
    private boolean inFragments;

    /**
     * What was agreed.
     *
     * @param sharesFrames whether a frame that was encoded once can be sent as it is
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
        this.settings = settings;
        this.handshake = handshake;
    }

    /**
     * Connects to a server with the settings that {@link WebSocketClient} has by default; in a
     * frame, whose runtime the connection then lives on.
     *
     * @param uri of scheme {@code ws} or {@code wss}
     * @throws HandshakeRefusedException if the server refuses
     * @throws IOException if it cannot be connected
     */
    public static WebSocketConnection connect(URI uri) throws IOException {
        return WebSocketClient.builder().build().connect(uri);
    }

    // Receiving.

    /**
     * The next message, its fragments joined; waits for it.
     *
     * @return null at the end, which {@link #closeCode} tells about: the peer has closed, or has
     *     broken the protocol, or we have closed, or the connection is gone
     * @throws io.tardy.netty.PipelineException if the connection has failed otherwise: TLS, or a
     *     handler, or a message that was posted and could not be encoded
     * @throws io.tardy.aio.CancelledException if the frame was cancelled; nothing is lost
     * @throws io.tardy.aio.DeadlineExceededException if it had to wait beyond its deadline; nothing
     *     is lost
     * @throws IllegalStateException after a fragment that was not the last of its message; outside
     *     of a frame of this runtime; if another frame receives
     */
    public @Nullable WebSocketMessage receive() throws IOException {
        if (inFragments) {
            throw new IllegalStateException("in the middle of a message: use receiveFragment");
        }
        for (WebSocketFrame frame; (frame = nextFrame()) != null; ) {
            WebSocketMessage message;
            try {
                message = join(frame);
            } finally {
                frame.release();
            }
            if (message != null) {
                return message;
            }
        }
        releaseJoined();
        return null;
    }

    /**
     * The next fragment, for messages that are longer than one wants to hold; waits for it. What
     * was not fragmented is one fragment. One that was compressed has at most {@code
     * messageBytesMax} bytes, decompressed.
     *
     * @return null at the end, as {@link #receive}
     * @throws IllegalStateException if a {@code receive} that was given up has joined the beginning
     *     of this message; else as {@link #receive}
     */
    public @Nullable WebSocketFragment receiveFragment() throws IOException {
        if (joined != null) {
            throw new IllegalStateException("in the middle of a message: use receive");
        }
        WebSocketFrame frame = nextFrame();
        if (frame == null) {
            return null;
        }
        if (!(frame instanceof ContinuationWebSocketFrame)) {
            joinsText = frame instanceof TextWebSocketFrame;
        }
        inFragments = !frame.isFinalFragment();
        return new WebSocketFragment(joinsText, frame.isFinalFragment(), frame.content());
    }

    private WebSocketFrame nextFrame() throws IOException {
        session.receives();
        if (session.isStopped()) {
            return null;
        }
        Object message = read();
        if (message instanceof WebSocketFrame frame) {
            session.received();
            return frame;
        }
        if (message == WebSocketSession.END) {
            session.execute(session::answer);
        }
        return null;
    }

    /** A peer that is gone has ended the connection, and that is no exception. */
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

    /** The message, if this was the last of its fragments and all are not too long. */
    private WebSocketMessage join(WebSocketFrame frame) {
        boolean isFirst = !(frame instanceof ContinuationWebSocketFrame);
        ByteBuf content = frame.content();
        long bytes = content.readableBytes() + (joined == null ? 0L : joined.readableBytes());
        if (bytes > settings.messageBytesMax()) {
            releaseJoined();
            session.stopAt(new CloseStatus(CloseStatus.TOO_BIG, "the message is too long"));
            return null;
        }
        if (isFirst && frame.isFinalFragment()) {
            return toMessage(frame instanceof TextWebSocketFrame, content);
        }
        if (isFirst) {
            joinsText = frame instanceof TextWebSocketFrame;
            joined = channel.channel().alloc().buffer(content.readableBytes());
        }
        joined.writeBytes(content);
        if (!frame.isFinalFragment()) {
            return null;
        }
        try {
            return toMessage(joinsText, joined);
        } finally {
            releaseJoined();
        }
    }

    private static WebSocketMessage toMessage(boolean isText, ByteBuf content) {
        return isText
                ? new WebSocketMessage.Text(content.toString(StandardCharsets.UTF_8))
                : new WebSocketMessage.Binary(ByteBufUtil.getBytes(content));
    }

    /** What was received of a message that will have no end. */
    void releaseJoined() {
        if (joined != null) {
            joined.release();
            joined = null;
        }
    }

    // Sending.

    /**
     * Sends a message of text; waits while the peer is slow to take what was sent before. Unpaired
     * surrogates become question marks.
     *
     * @throws ClosedChannelException if we have closed, or have answered the peer's close, or the
     *     connection is gone
     * @throws IOException if the connection fails
     * @throws io.tardy.aio.CancelledException if the frame was cancelled
     * @throws io.tardy.aio.DeadlineExceededException if it had to wait beyond its deadline; nothing
     *     of this message was sent then
     * @throws IllegalStateException outside of a frame of this runtime; if another frame waits to
     *     send
     */
    public void sendText(CharSequence text) throws IOException {
        write(new TextWebSocketFrame(ByteBufUtil.writeUtf8(channel.channel().alloc(), text)));
    }

    /** Sends a binary message, as {@link #sendText}; the bytes are copied. */
    public void sendBinary(byte[] bytes) throws IOException {
        sendBinary(Unpooled.copiedBuffer(bytes));
    }

    /** Sends what remains in the buffer, as {@link #sendText}; it is copied, and then consumed. */
    public void sendBinary(ByteBuffer bytes) throws IOException {
        sendBinary(Unpooled.copiedBuffer(bytes));
        bytes.position(bytes.limit());
    }

    /** Sends a binary message, as {@link #sendText}; the buffer is released, also if it throws. */
    public void sendBinary(ByteBuf bytes) throws IOException {
        write(new BinaryWebSocketFrame(bytes));
    }

    /**
     * Sends a ping; its answer is not reported. The idle timeout sends its own.
     *
     * @param payload at most 125 bytes
     * @throws IOException as {@link #sendText}
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
            throw new ClosedChannelException(); // it has closed while this waited: too late
        }
    }

    /**
     * Waits until all that was sent has been given to the system; what was posted is not waited
     * for.
     */
    public void flush() throws IOException {
        channel.flush();
    }

    // Posting.

    /**
     * Queues a message of text; from any thread, and never waits. What one thread posts goes out in
     * that order; between what is posted and what frames send there is none.
     *
     * @return false if it was dropped: the queue is full and its policy drops or closes, or the
     *     connection is closed. True is no promise, for the connection may end before it was sent,
     *     and {@link OverflowPolicy#DROP_OLDEST} may drop it later
     */
    public boolean post(CharSequence text) {
        ByteBuf content = ByteBufUtil.writeUtf8(channel.channel().alloc(), text);
        return post(new TextWebSocketFrame(content), content.readableBytes());
    }

    /** Queues a binary message, as {@link #post(CharSequence)}; the bytes are copied. */
    public boolean post(byte[] bytes) {
        return post(new BinaryWebSocketFrame(Unpooled.copiedBuffer(bytes)), bytes.length);
    }

    /** Queues a message that was encoded before, as {@link #post(CharSequence)}. */
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
            session.execute(session::overflow);
        }
        return false;
    }

    /** How many bytes wait that were posted, with 14 for each message; from any thread. */
    public long queuedBytes() {
        return session.outbound().bytesQueued();
    }

    /** How many messages that were posted have been dropped; from any thread. */
    public long droppedCount() {
        return session.outbound().dropped();
    }

    // Closing.

    /** {@link #close(int, String)} with code 1000. */
    @Override
    public void close() throws IOException {
        close(CloseStatus.NORMAL, "");
    }

    /**
     * Sends a close frame, behind all that was sent and posted, and waits for the peer's and for
     * the end of the connection; not longer than the close timeout. From then on nothing is
     * received or sent. If the peer has closed before, he gets his own code back. Closing what is
     * closed does nothing.
     *
     * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999
     * @param reason at most 123 bytes of UTF-8
     * @throws io.tardy.aio.CancelledException if the frame was cancelled; the connection closes all
     *     the same
     * @throws io.tardy.aio.DeadlineExceededException if it had to wait beyond its deadline; the
     *     connection closes all the same
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

    /** At its end: then what was not received is released. */
    private void closeFrameChannel() {
        releaseJoined();
        ChannelFuture end = channel.channel().closeFuture();
        if (end.isDone()) {
            channel.close(); // perhaps the loop has ended, and would not tell
        } else {
            end.addListener(closed -> channel.close());
        }
    }

    /** Closes without waiting for it; the owner of the channel releases what was not received. */
    void closeSoon(int code, String reason) {
        session.execute(() -> session.close(new CloseStatus(code, reason)));
        releaseJoined();
    }

    /** Whether neither side has closed yet, as far as is known here; from any thread. */
    public boolean isOpen() {
        return session.status() == null;
    }

    /**
     * The code that the connection ended with, of the first close frame that was sent or received;
     * from any thread. 1005 if the peer gave none, 1006 if the connection ended without a close
     * frame, -1 while it is open.
     */
    public int closeCode() {
        CloseStatus status = session.status();
        return status == null ? -1 : status.code();
    }

    /** The reason beside the code, perhaps empty; from any thread. */
    public String closeReason() {
        CloseStatus status = session.status();
        return status == null ? "" : status.reason();
    }

    // What was agreed; from any thread.

    /** The subprotocol that was chosen, or null. */
    public @Nullable String subprotocol() {
        return handshake.subprotocol();
    }

    /** What the client asked for: the path, and the query if there is one. */
    public String uri() {
        return handshake.uri();
    }

    /** The headers that the peer sent in the handshake; not to be changed. */
    public HttpHeaders headers() {
        return handshake.headers();
    }

    /** The peer's address. */
    public SocketAddress remoteAddress() {
        return channel.channel().remoteAddress();
    }

    /** Where the connection lives: its frames receive and send. */
    public TardyRuntime runtime() {
        return runtime;
    }

    @Override
    public String toString() {
        return "WebSocket " + handshake.uri() + " " + channel.channel();
    }
}
