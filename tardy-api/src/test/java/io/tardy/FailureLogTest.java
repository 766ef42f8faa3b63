package io.tardy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class FailureLogTest {

    /** Collects what is logged instead of showing it. */
    private static final class Collector extends Handler {
        private final List<LogRecord> records = new ArrayList<>();

        @Override
        public void publish(LogRecord logged) {
            records.add(logged);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void eachKindOfFailureIsLoggedOnceAndOnlyFaultsShowTheirStack() {
        Logger logger = Logger.getLogger("io.tardy");
        Collector collector = new Collector();
        logger.addHandler(collector);
        logger.setUseParentHandlers(false);
        try {
            UncaughtFrameHandler handler = UncaughtFrameHandler.oncePerKind();
            for (int i = 0; i < 100; i++) {
                Frame<?> frame = new Frame<Object>(null, "f" + i, null);
                handler.uncaught(
                        frame,
                        new TardyIOException("recv", RecvError.CONNECTION_RESET_BY_PEER, 104));
                handler.uncaught(frame, new TardyIOException("send", SendError.BROKEN_PIPE, 32));
                handler.uncaught(frame, new NullPointerException("bug " + i));
                handler.uncaught(frame, new IOException("by", new SocketException("reset")));
                handler.uncaught(frame, new IOException("by", new IllegalStateException("bug")));
            }
        } finally {
            logger.removeHandler(collector);
            logger.setUseParentHandlers(true);
        }
        assertThat(collector.records).hasSize(5);
        assertThat(collector.records.get(0).getMessage()).contains("recv failed", "f0");
        assertThat(collector.records.get(0).getThrown()).isNull();
        assertThat(collector.records.get(2).getThrown()).isInstanceOf(NullPointerException.class);
        assertThat(collector.records.get(3).getThrown()).as("all of the system").isNull();
        assertThat(collector.records.get(4).getThrown())
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
