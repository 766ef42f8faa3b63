package io.tardy.sync;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a frame holds of a {@link Mutex} or a {@link Semaphore}, to be given back at the end of a
 * {@code try}.
 *
 * <p>Public for those who name the resource's type rather than write {@code var}.
 */
public final class Held implements AutoCloseable {

    private final AtomicReference<@Nullable Runnable> release;

    Held(Runnable release) {
        this.release = new AtomicReference<>(release);
    }

    /** Gives it back, once: closing again does nothing. */
    @Override
    public void close() {
        Runnable first = release.getAndSet(null);
        if (first != null) {
            first.run();
        }
    }
}
