package io.tardy;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.runtime.CoreSteps;
import io.tardy.runtime.TransportChoice;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Operation;
import io.tardy.spi.Transport;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * A runtime with no system under it, whose carrier is the actor that starts it: so an actor can
 * have one for each state, and carrier, loop, scheduler and frames are the real ones.
 *
 * <p>What stands in for the kernel is Netty's protocol and no more: the handler announces that it
 * waits and looks whether it may; a wake-up takes the announcement. The wait spins, and so can look
 * meanwhile whether it should have ended: no test needs a time limit to know that a wake-up is
 * lost.
 */
final class ActorRuntime {

    private final TardyRuntime runtime;

    /** Starts of a loop after the first one, which an actor cannot carry. */
    private final Queue<Runnable> laterStarts = new ConcurrentLinkedQueue<>();

    private BooleanSupplier isDue = () -> false;
    private boolean isStarted;

    /** Whether the frame has had its first turn, for which nobody needs to wake the loop. */
    private boolean hasBegun;

    /** What the handler announces. */
    private volatile boolean waiting;

    private volatile boolean lost;

    ActorRuntime() {
        TardyOptions options =
                Tardy.builder()
                        .async(new NoSystem())
                        .tasksInitial(4)
                        .stallAfter(Duration.ZERO)
                        .build()
                        .options();
        runtime =
                new TardyRuntime(
                        0,
                        options,
                        TransportChoice.of(options.async(), options.transport()),
                        null,
                        starter());
    }

    private Executor starter() {
        return loop -> {
            if (isStarted) {
                laterStarts.add(loop);
            } else {
                isStarted = true;
                loop.run();
            }
        };
    }

    TardyRuntime runtime() {
        return runtime;
    }

    /**
     * Runs the runtime's loop with one frame in this thread until the frame has ended. When a
     * wake-up is lost, the runtime is stopped.
     *
     * @param isDue whether the loop has certainly been woken since it began to wait, if it still
     *     waits
     */
    void run(BooleanSupplier isDue, FrameBody body) {
        this.isDue = () -> !hasBegun || isDue.getAsBoolean();
        runtime.eventLoop()
                .execute(
                        () -> {
                            runtime.spawn(
                                    () -> {
                                        hasBegun = true;
                                        body.run();
                                    });
                            runtime.core().entered();
                        });
    }

    /** Runs the carrier in this thread, with this in the place of the loop. */
    void carry(Runnable loop) {
        CoreSteps.carry(runtime.core(), loop);
    }

    /** How often a loop was to be started anew. */
    int laterStarts() {
        return laterStarts.size();
    }

    /** Runs a loop that was to be started anew, until the last frame has ended. */
    void runLaterStart() {
        isDue = () -> true;
        runtime.core().entered();
        laterStarts.remove().run();
    }

    /** Whether the loop has waited although it had been woken. */
    boolean hasLost() {
        return lost;
    }

    private final class Handler implements IoHandler {

        @Override
        public int run(IoHandlerContext context) {
            waiting = true;
            if (context.canBlock()) {
                while (waiting && !lost) {
                    if (isDue.getAsBoolean() && waiting) {
                        lost = true;
                        runtime.stop();
                    }
                    Thread.onSpinWait();
                }
            }
            waiting = false;
            return 0;
        }

        @Override
        public void wakeup() {
            waiting = false;
        }

        @Override
        public IoRegistration register(IoHandle handle) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return false;
        }

        @Override
        public void prepareToDestroy() {}

        @Override
        public void destroy() {}
    }

    private final class NoSystem implements Transport {

        @Override
        public AsyncType type() {
            return AsyncType.CUSTOM;
        }

        @Override
        public Optional<String> unavailableBecause() {
            return Optional.empty();
        }

        @Override
        public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
            return executor -> new Handler();
        }

        @Override
        public AsyncBackend newBackend(BackendContext context) {
            return new NoBackend();
        }

        @Override
        public OpenSocket openSocket(SocketKind kind) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class NoBackend implements AsyncBackend {

        @Override
        public AsyncFeatures features() {
            return AsyncFeatures.of(AsyncOp.CLOSE);
        }

        @Override
        public boolean attempt(Operation operation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void start(Operation operation) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void submit() {}

        @Override
        public void cancel(Operation operation) {}

        @Override
        public void close() {}
    }
}
