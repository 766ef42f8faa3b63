package io.tardy.examples;

import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of every example. */
final class RuntimeOptions {

    @Option(
            names = "--transport",
            paramLabel = "auto|io_uring|epoll|kqueue|poll",
            description = "Which transport to run on (default: auto).",
            converter = TransportConverter.class)
    private AsyncType transport = AsyncType.AUTO;

    @Option(
            names = "--runtimes",
            paramLabel = "N|auto|all",
            description = "How many runtimes, each on its thread (default: auto).",
            converter = ThreadingConverter.class)
    private Threading threading = Threading.auto();

    Tardy.Builder tardy() {
        return Tardy.builder().async(transport).threading(threading);
    }

    /** The same for Netty programs: a loop for each runtime. */
    TardyEventLoopGroup group(Duration stopTimeout) {
        return TardyEventLoopGroup.builder()
                .threads(threading.runtimes())
                .tardy(tardy().stopTimeout(stopTimeout).build())
                .build();
    }

    /** The chosen transport. */
    AsyncType transport() {
        return transport;
    }

    /**
     * Runs the body in a frame of one runtime to its end. Throws its failure and does not log it.
     */
    void runInFrame(FrameBody body) throws IOException {
        CompletableFuture<Void> end = new CompletableFuture<>();
        try (Tardy tardy = tardy().threading(Threading.single()).build()) {
            tardy.entry(body, (rt, b) -> rt.spawn("main", () -> run(b, end)));
            end.getNow(null);
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                default -> throw e;
            }
        }
    }

    private static void run(FrameBody body, CompletableFuture<Void> end) {
        try {
            body.run();
            end.complete(null);
        } catch (Throwable t) {
            end.completeExceptionally(t);
        }
    }

    static final class TransportConverter implements ITypeConverter<AsyncType> {
        @Override
        public AsyncType convert(String value) {
            try {
                return AsyncType.ofLabel(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class ThreadingConverter implements ITypeConverter<Threading> {
        @Override
        public Threading convert(String value) {
            return switch (value) {
                case "auto" -> Threading.auto();
                case "all" -> Threading.all();
                default -> multi(value);
            };
        }

        private static Threading multi(String value) {
            try {
                return Threading.multi(Integer.parseInt(value));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + value + "' is no number of runtimes: use 1 or more, auto, or all");
            }
        }
    }
}
