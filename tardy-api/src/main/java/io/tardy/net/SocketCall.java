package io.tardy.net;

import io.tardy.Deadline;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.time.Duration;

/** A call that throws no other {@code IOException} than ours. */
@FunctionalInterface
interface SocketCall<T> {

    T call() throws TardyIOException;

    /** {@link Deadline#callWithin} of such a call. */
    static <T> T within(Duration duration, SocketCall<T> body) throws TardyIOException {
        try {
            return Deadline.callWithin(duration, body::call);
        } catch (TardyIOException e) {
            throw e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
