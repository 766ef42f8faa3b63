package io.tardy.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.netty.TardyEventLoopGroup;
import java.util.concurrent.TimeUnit;

/** Groups of loops for the tests: a peer sees no transport, so each has one of them. */
final class Transports {

    /** After how many seconds something that never comes is given up, and the test fails. */
    static final int PATIENCE_SECONDS = 20;

    private Transports() {}

    /** On this transport, or on the JDK's where this machine lacks it. */
    static TardyEventLoopGroup group(AsyncType transport) {
        return new TardyEventLoopGroup(1, isAvailable(transport) ? transport : AsyncType.POLL);
    }

    private static boolean isAvailable(AsyncType transport) {
        try {
            Tardy.builder().async(transport).build().close();
            return true;
        } catch (TransportUnavailableException e) {
            return false;
        }
    }

    static void end(TardyEventLoopGroup group) throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        assertThat(group.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
