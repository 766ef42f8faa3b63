package io.tardy.spi;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.util.Optional;

/**
 * One operating-system mechanism. Providers are found with {@code ServiceLoader}, hold no state and
 * may be used by any thread.
 */
public interface Transport {

    /** Which mechanism this is. */
    AsyncType type();

    /** The mechanism in a few words, where its name alone leaves a question open. */
    default String description() {
        return type().label();
    }

    /**
     * Why the mechanism cannot be used here: one sentence with the cause and the way out, or empty
     * if it can.
     */
    Optional<String> unavailableBecause();

    /**
     * Makes Netty's half of the mechanism, one for each event loop.
     *
     * @param aioReapMax how many events one reap may collect
     */
    IoHandlerFactory ioHandlerFactory(int aioReapMax);

    /**
     * The channels of Netty's that the mechanism carries.
     *
     * @throws UnsupportedOperationException if it carries none, as by default
     */
    default ChannelTypes channelTypes() {
        throw new UnsupportedOperationException(
                "the transport " + type().label() + " carries no channels of Netty's");
    }

    /** Makes the half that does submissions, one for each runtime; called before its loop runs. */
    AsyncBackend newBackend(BackendContext context);

    /**
     * Opens a socket that this transport can drive: non-blocking, close-on-exec. A transport that
     * wraps another one passes on what that one has opened.
     *
     * @throws TardyIOException if the system refuses, typically for want of descriptors
     */
    OpenSocket openSocket(SocketKind kind) throws TardyIOException;

    /**
     * Makes a socket of a listener that somebody else has opened. It owns the descriptor then; if
     * this throws, the caller does.
     *
     * @param kind {@code TCP} or {@code UNIX}
     * @param descriptor its number; it is non-blocking and close-on-exec
     * @throws UnsupportedOperationException if the transport takes none, as by default; the message
     *     says why, and the way out
     */
    default OpenSocket inheritListener(SocketKind kind, int descriptor) throws TardyIOException {
        throw new UnsupportedOperationException(
                "the transport " + type().label() + " takes no listener of another process");
    }

    /**
     * {@link #inheritListener} for a channel of Netty's, which is active from its registration.
     *
     * @throws UnsupportedOperationException as above
     */
    default ServerChannel inheritServerChannel(SocketKind kind, int descriptor)
            throws TardyIOException {
        throw new UnsupportedOperationException(
                "the transport " + type().label() + " makes no channel of an open listener");
    }
}
