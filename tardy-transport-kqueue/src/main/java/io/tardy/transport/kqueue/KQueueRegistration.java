package io.tardy.transport.kqueue;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.kqueue.KQueueIoEvent;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.tardy.aio.OpenSocket;
import io.tardy.spi.ReadinessRegistration;
import java.io.IOException;

/**
 * A descriptor's two knotes on a kqueue, for reading and for writing: added once, edge-triggered
 * ({@code EV_CLEAR}), and deleted before the descriptor is closed.
 *
 * <p>Closing alone drops knotes as well. But Netty may still hold an addition, and would then apply
 * it to the next descriptor with the same number; the deletion that follows undoes that. Besides,
 * other runtimes may keep the descriptor open after this one has released it.
 */
final class KQueueRegistration extends ReadinessRegistration {

    private final int ident;
    private IoRegistration registration;

    KQueueRegistration(KQueueBackend backend, OpenSocket socket, int ident) {
        super(backend, socket);
        this.ident = ident;
    }

    @Override
    protected void arm() throws IOException {
        registration = register(new Handle());
        // Writing first: a connect that failed gets its error before a receive takes it away.
        registration.submit(KEvent.ADD_WRITE);
        registration.submit(KEvent.ADD_READ);
    }

    @Override
    protected boolean disarmsBeforeClose() {
        return true;
    }

    @Override
    protected void disarm() {
        if (registration != null) {
            registration.submit(KEvent.DELETE_WRITE);
            registration.submit(KEvent.DELETE_READ);
            registration.cancel(); // not earlier: changes made afterwards are dropped
        }
    }

    /**
     * The end of the stream is the read side's. On the write side it says that nothing can be sent
     * any more, which {@code shutdownOutput} brings about too: an operation that waits there tries
     * again and finds out.
     */
    private void event(short filter, short flags) {
        switch (filter) {
            case KEvent.EVFILT_READ -> ready(true, false, (flags & KEvent.EV_EOF) != 0);
            case KEvent.EVFILT_WRITE -> ready(false, true, false);
            default -> throw new IllegalStateException("not asked for: filter " + filter);
        }
    }

    /** Netty's view of us; not {@code this}, for its methods are public. */
    private final class Handle implements KQueueIoHandle {

        @Override
        public int ident() {
            return ident;
        }

        /** An event that comes after the release finds no waiter, and does nothing. */
        @Override
        public void handle(IoRegistration from, IoEvent event) {
            KQueueIoEvent kevent = (KQueueIoEvent) event;
            event(kevent.filter(), kevent.flags());
        }

        /** The loop ends; the runtime releases the socket at its end. */
        @Override
        public void close() {}
    }
}
