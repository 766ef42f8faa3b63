package io.tardy;

import io.tardy.aio.TardyIOException;
import io.tardy.runtime.RuntimeLog;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Logs each kind of failure once: a server under attack must not fill its disk with its log. */
final class FailureLog implements UncaughtFrameHandler {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** More kinds than this cannot be told apart any more; they are one kind then. */
    private static final int KINDS_MAX = 256;

    private static final int CAUSES_MAX = 16;

    private final Set<String> kinds = ConcurrentHashMap.newKeySet();

    @Override
    public void uncaught(Frame<?> frame, Throwable failure) {
        if (!kinds.add(kinds.size() < KINDS_MAX ? kind(failure) : "others")) {
            return;
        }
        String line = "frame " + frame.name() + " failed (logged once for this kind): " + failure;
        if (isOfTheSystem(failure)) {
            LOGGER.log(Level.WARNING, line);
        } else {
            RuntimeLog.log(Level.WARNING, line, failure);
        }
    }

    /** A pipeline's failure is an {@code IOException}, whatever its cause is. */
    private static boolean isOfTheSystem(Throwable failure) {
        return causes(failure).allMatch(IOException.class::isInstance);
    }

    private static String kind(Throwable failure) {
        return causes(failure).map(FailureLog::kindOfOne).collect(Collectors.joining(" of "));
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(CAUSES_MAX);
    }

    private static String kindOfOne(Throwable failure) {
        return failure instanceof TardyIOException io
                ? io.operation() + " " + io.error() + " " + io.errno()
                : failure.getClass().getName();
    }
}
