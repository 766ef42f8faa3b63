package io.tardy.transport.poll;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A socket that is a channel of the JDK's, in non-blocking mode. */
abstract class ChannelSocket extends SocketHandle {

    /** What a reader may wait for. */
    static final int READ_OPS = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

    /** What a writer may wait for. */
    static final int WRITE_OPS = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

    private static final InternalLogger logger =
            InternalLoggerFactory.getInstance(ChannelSocket.class);

    private final ChannelGuard guard = new ChannelGuard();

    ChannelSocket(SocketKind kind) {
        super(kind);
    }

    /** The channel to register; the same from the first wait on. */
    abstract SelectableChannel channel();

    /** What to select for a reader, of {@link #READ_OPS}. */
    abstract int readOp();

    /** What to select for a writer, of {@link #WRITE_OPS}. */
    abstract int writeOp();

    /** A receive of the channel: the number of bytes, 0 if none are there, -1 at the end. */
    abstract int read(ByteBuffer into) throws IOException;

    /** A send of the channel: the number of bytes, 0 if there is no room. */
    abstract int write(ByteBuffer from) throws IOException;

    /** A call of the JDK's. */
    interface ChannelCall {
        void run() throws IOException;
    }

    /** A call of the JDK's, with its outcome as of {@link SocketHandle}. */
    interface CountingCall {
        int run() throws IOException;
    }

    /** The same with a buffer: one object for the calls of all sockets. */
    private interface BufferCall {
        int run(ChannelSocket socket, ByteBuffer buffer) throws IOException;
    }

    /** Does a call if no other is in the channel in this direction, or returns {@code -EAGAIN}. */
    final int exclusively(int direction, CountingCall call) {
        return exclusively(direction, (socket, none) -> call.run(), null);
    }

    private int exclusively(int direction, BufferCall call, ByteBuffer buffer) {
        int refusal = guard.enter(direction);
        if (refusal != 0) {
            return refusal;
        }
        try {
            return call.run(this, buffer);
        } catch (IOException | RuntimeException e) {
            return -ChannelErrors.errnoOf(e);
        } finally {
            leave(direction);
        }
    }

    private void leave(int direction) {
        if (guard.leave(direction)) {
            try {
                channel().close();
            } catch (IOException e) {
                logger.warn("{}", ChannelErrors.failure("close", e).getMessage());
            }
        }
    }

    @Override
    public final int recv(ByteBuffer into) {
        return exclusively(ChannelGuard.READING, ChannelSocket::readNow, into);
    }

    private int readNow(ByteBuffer into) throws IOException {
        int count = read(into);
        return count > 0 ? count : count < 0 ? 0 : -Errno.EAGAIN.number();
    }

    @Override
    public final int send(ByteBuffer from) {
        return exclusively(ChannelGuard.WRITING, ChannelSocket::writeNow, from);
    }

    private int writeNow(ByteBuffer from) throws IOException {
        int asked = from.remaining();
        int count = write(from);
        return count > 0 || asked == 0 ? count : -Errno.EAGAIN.number();
    }

    /** The JDK has no call for this but a selector's, of its own: the loop's may be waiting. */
    @Override
    public final boolean isReadable() throws TardyIOException {
        SelectableChannel channel = channel();
        try (Selector once = channel.provider().openSelector()) {
            channel.register(once, readOp());
            return once.selectNow() > 0;
        } catch (ClosedChannelException | RuntimeException e) {
            return true; // a receive says why not
        } catch (IOException e) { // no descriptor for the selector: a receive would wait
            throw ChannelErrors.failure("select", e);
        }
    }

    @Override
    protected final void closeDescriptor() throws TardyIOException {
        if (guard.close()) {
            systemCall("close", channel()::close);
        }
    }

    @Override
    protected final void doSetOption(SocketOption<?> option, Object value) throws TardyIOException {
        systemCall("setsockopt " + option.name(), () -> setOptionOf(option, value));
    }

    @Override
    protected final Object doGetOption(SocketOption<?> option) throws TardyIOException {
        Object[] value = new Object[1];
        systemCall("getsockopt " + option.name(), () -> value[0] = optionOf(option));
        return value[0];
    }

    /** The JDK leaves one more byte of the system's structure free than is needed. */
    @Override
    protected final int unixPathBytesMax() {
        return super.unixPathBytesMax() - 1;
    }

    /** Sets an option; {@code UnsupportedOperationException} if the system does not have it. */
    abstract void setOptionOf(SocketOption<?> option, Object value) throws IOException;

    /** The value of an option; {@code UnsupportedOperationException} likewise. */
    abstract Object optionOf(SocketOption<?> option) throws IOException;

    @SuppressWarnings("unchecked") // the channel looks at the value's class
    static void setOption(NetworkChannel channel, SocketOption<?> option, Object value)
            throws IOException {
        channel.setOption((SocketOption<Object>) option, value);
    }

    static void systemCall(String name, ChannelCall call) throws TardyIOException {
        try {
            call.run();
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw ChannelErrors.failure(name, e);
        }
    }

    /** A call that asks for an address; null also for a channel that the JDK has closed itself. */
    interface AddressCall {
        SocketAddress run() throws IOException;
    }

    static SocketAddress addressOrNull(AddressCall call) {
        try {
            return call.run();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return kind() + " socket " + channel();
    }
}
