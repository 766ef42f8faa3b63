package io.tardy.os;

import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle.Attachment;
import java.util.concurrent.atomic.AtomicInteger;

/** The lifetime of a socket, of which it counts how often the descriptor is given back. */
final class CountingSocket {

    private final AtomicInteger descriptorsClosed = new AtomicInteger();
    private final SocketLifetime lifetime =
            new SocketLifetime() {
                @Override
                boolean lingers() {
                    return false;
                }

                @Override
                void lingerNoMore() {}

                @Override
                void closeDescriptor() {
                    descriptorsClosed.incrementAndGet();
                }
            };

    int descriptorsClosed() {
        return descriptorsClosed.get();
    }

    boolean attach(Attachment attachment) {
        return lifetime.attach(attachment);
    }

    void close() {
        try {
            lifetime.close();
        } catch (TardyIOException e) {
            throw new IllegalStateException(e);
        }
    }

    void detach(Attachment attachment) {
        try {
            lifetime.detach(attachment);
        } catch (TardyIOException e) {
            throw new IllegalStateException(e);
        }
    }
}
