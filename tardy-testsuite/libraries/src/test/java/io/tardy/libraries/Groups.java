package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.netty.TardyEventLoopGroup;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Groups of loops for tests. */
final class Groups {

    /** After how many seconds something that never comes is given up, and the test fails. */
    static final int PATIENCE_SECONDS = 20;

    private static final List<AsyncType> TRANSPORTS =
            Stream.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.KQUEUE, AsyncType.POLL)
                    .filter(Groups::isAvailable)
                    .toList();

    private Groups() {}

    /** A test's use of a group. */
    @FunctionalInterface
    interface Body {
        void run(TardyEventLoopGroup group) throws Exception;
    }

    /** The transports that work on this machine; the JDK's at least. */
    static List<AsyncType> transports() {
        assertThat(TRANSPORTS).contains(AsyncType.POLL);
        return TRANSPORTS;
    }

    private static boolean isAvailable(AsyncType type) {
        try {
            Tardy.builder().async(type).build().close();
            return true;
        } catch (TransportUnavailableException e) {
            return false;
        }
    }

    /** Runs the body with a group and, whatever happens, shuts it down and waits for its end. */
    static void withGroup(int threads, AsyncType transport, Body body) throws Exception {
        TardyEventLoopGroup group = new TardyEventLoopGroup(threads, transport);
        try {
            body.run(group);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The runtime of one of the group's loops. */
    static TardyRuntime runtimeOf(TardyEventLoopGroup group) throws Exception {
        EventLoop loop = group.next();
        return loop.submit(TardyRuntime::current).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** What a frame of this runtime finds out. */
    static <T> T inFrame(TardyRuntime rt, Callable<T> body) throws Exception {
        return rt.<T>submit(body).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Fails unless the runtime is that of one of the group's loops. */
    static void assertIsOf(TardyEventLoopGroup group, TardyRuntime runtime) {
        assertThat(group).contains(runtime.eventLoop());
    }
}
