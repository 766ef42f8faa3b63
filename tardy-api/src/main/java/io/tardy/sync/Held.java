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

    /**
     * Gives it back, once: closing again does nothing.
     *
     * @throws IllegalStateException if it is of a {@link Mutex} that the caller does not hold; that
     *     was no closing, and the frame that holds it closes it still
     */
    @Override
    public void close() {
        Runnable first = release.getAndSet(null);
        if (first == null) {
            return;
        }
        boolean isGivenBack = false;
        try {
            first.run();
            isGivenBack = true;
        } finally {
            if (!isGivenBack) {
                release.set(first);
            }
        }
    }
}
