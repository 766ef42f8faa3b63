package io.tardy.testsuite;

import io.netty.buffer.ByteBuf;
import io.tardy.aio.Datagram;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import io.tardy.net.TlsException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.Callable;

/** What became of a call, in a word. */
final class EdgeOutcome {

    static final String WAITS = "waits";

    private EdgeOutcome() {}

    static String of(Callable<?> call, EdgeScene scene) throws Exception {
        Object value;
        try {
            value = call.call();
        } catch (DeadlineExceededException e) {
            return WAITS;
        } catch (TardyIOException e) {
            String errno = Errno.of(e.errno()).name();
            return e.errno() == 0 ? e.error().name() : e.error().name() + " " + errno;
        } catch (RuntimeException | TlsException e) {
            return e.getClass().getSimpleName();
        }
        return switch (value) {
            case null -> "null";
            case ByteBuffer buffer -> buffer.remaining() + " bytes";
            case ByteBuf buffer -> {
                int count = buffer.readableBytes();
                buffer.release();
                yield count + " bytes";
            }
            case Datagram datagram ->
                    datagram.length() + (datagram.isTruncated() ? " bytes, cut" : " bytes");
            case SocketAddress address -> "an address";
            case Stat stat -> "a " + stat.kind().name().toLowerCase(java.util.Locale.ROOT);
            case Collection<?> collection -> collection.size() + " of them";
            case AutoCloseable opened -> {
                scene.keep(opened);
                yield "done";
            }
            default -> value.toString();
        };
    }
}
