package io.tardy.os;

import io.tardy.spi.AsyncBackend;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often it is told to let go. */
final class CountingAttachment implements SocketHandle.Attachment {

    private final AtomicInteger told = new AtomicInteger();

    @Override
    public AsyncBackend owner() {
        return null;
    }

    @Override
    public void socketClosed() {
        told.incrementAndGet();
    }

    int told() {
        return told.get();
    }
}
