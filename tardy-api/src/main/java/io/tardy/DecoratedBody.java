package io.tardy;

import io.tardy.runtime.NeverRun;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A body in what a {@link FrameDecorator} has made of it. It knows whether it was called: only then
 * has it given back what it holds.
 */
final class DecoratedBody implements FrameBody, Callable<@Nullable Object>, NeverRun {

    /** A {@link FrameBody}, or a {@link Callable}; some are both. May hold something. */
    private final Object body;

    private final boolean isCall;
    private Callable<@Nullable Object> decorated;
    private boolean isCalled;

    private DecoratedBody(Object body, boolean isCall) {
        this.body = body;
        this.isCall = isCall;
    }

    /**
     * What the decorator throws, this throws; but if the body holds something, the frame shall
     * throw it, where that is given back.
     */
    static DecoratedBody of(FrameDecorator decorator, FrameBody body) {
        DecoratedBody made = new DecoratedBody(body, false);
        try {
            return made.decoratedBy(decorator);
        } catch (Throwable t) {
            if (!(body instanceof AutoCloseable)) {
                throw t;
            }
            made.decorated =
                    () -> {
                        throw Frame.<Exception>rethrow(t);
                    };
            return made;
        }
    }

    /** With a value. Throws what the decorator throws. */
    static DecoratedBody ofCall(FrameDecorator decorator, Callable<?> call) {
        return new DecoratedBody(call, true).decoratedBy(decorator);
    }

    private DecoratedBody decoratedBy(FrameDecorator decorator) {
        decorated =
                Objects.requireNonNull(
                        decorator.decorate(this::callBody),
                        "a frameDecorator must return what runs in place of the body");
        return this;
    }

    private @Nullable Object callBody() throws Exception {
        isCalled = true;
        if (isCall) {
            return ((Callable<?>) body).call();
        }
        ((FrameBody) body).run();
        return null;
    }

    @Override
    public @Nullable Object call() throws Exception {
        try {
            Object value = decorated.call();
            if (!isCalled) {
                throw new IllegalStateException(
                        "a frameDecorator must return what calls the body; this has not: "
                                + decorated.getClass().getName());
            }
            return value;
        } catch (Throwable t) {
            if (!isCalled) {
                closeUncalled(t);
            }
            throw t;
        }
    }

    private void closeUncalled(Throwable reason) {
        if (body instanceof AutoCloseable holder) {
            try {
                holder.close();
            } catch (Throwable t) {
                if (t != reason) { // the JVM has one OutOfMemoryError for all
                    reason.addSuppressed(t);
                }
            }
        }
    }

    @Override
    public void run() throws Exception {
        call();
    }

    @Override
    public void abandoned() {
        if (body instanceof NeverRun held) {
            held.abandoned();
        }
    }
}
