package io.tardy.transport.iouring;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.util.concurrent.Future;
import io.tardy.aio.Errno;
import io.tardy.os.DescriptorFile;
import io.tardy.spi.Operation;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One runtime's rings, as a table of what is in flight: the slot is the submission's user data, and
 * has one submission at a time. One registration with Netty's handler carries all.
 *
 * <p>Netty's handler takes all that the completion queue holds; what is more than a reap may
 * complete is kept for the next one.
 *
 * <p>What the full submission queue would not take is kept, cancels among it, and handed over in
 * the next turn: nothing is lost.
 */
final class Ring {

    /** The user data of cancels, whose own completion tells nothing. */
    private static final long CANCEL = -1;

    /** What the kernel still had when its ring was gone: never to be collected. */
    private static final List<InFlight> ABANDONED = new ArrayList<>();

    /** Hears of completions, during reap. */
    interface Completions {
        /**
         * @param result as of the operation's system call, or a negated error number
         * @param flags of the completion
         */
        void completed(InFlight inFlight, int result, int flags);
    }

    /** What the full submission queue did not take. */
    private sealed interface Deferred {}

    private record Submission(InFlight inFlight) implements Deferred {}

    /** Of the operation that was in flight then. */
    private record Cancellation(InFlight inFlight, Operation operation) implements Deferred {}

    /** A completion that this reap has no room for. */
    private record Late(InFlight inFlight, int result, int flags) {}

    private final IoEventLoop loop;
    private final int reapMax;
    private final Completions completions;
    private IoRegistration registration;
    private InFlight[] slots = new InFlight[64];
    private int[] free = new int[64];
    private int freeCount;
    private final ArrayDeque<Deferred> backlog = new ArrayDeque<>();
    private final ArrayDeque<Late> late = new ArrayDeque<>();
    private int reapLeft;
    private int turn;

    /** Whether there was no memory for a cancel, which nobody would ask for again. */
    private boolean isCancelMissed;

    private boolean closed;

    /**
     * @param reapMax how many operations one reap may complete
     */
    Ring(IoEventLoop loop, int reapMax, Completions completions) {
        this.loop = loop;
        this.reapMax = reapMax;
        this.reapLeft = reapMax;
        this.completions = completions;
        addFree(0, slots.length);
    }

    /** Hands over, now or in the next turn. Takes a slot if it has none. */
    void submit(InFlight inFlight) {
        inFlight.operation().attach(inFlight); // by which it is found when it is given up
        if (inFlight.slot() < 0) {
            takeSlot(inFlight);
        }
        if (!backlog.isEmpty() || !trySubmit(inFlight)) {
            backlog.add(new Submission(inFlight));
        }
    }

    /** So that {@link #forEach} finds it, also while nothing is in flight in it. */
    void takeSlot(InFlight inFlight) {
        if (freeCount == 0) {
            grow();
        }
        int slot = free[--freeCount];
        slots[slot] = inFlight;
        inFlight.slot(slot);
    }

    /** Gives the slot to others; only when nothing is in flight in it. */
    void freeSlot(InFlight inFlight) {
        int slot = inFlight.slot();
        if (slot >= 0) {
            slots[slot] = null;
            free[freeCount++] = slot;
            inFlight.slot(-1);
        }
    }

    /** Those that have a slot now. */
    void forEach(Consumer<InFlight> action) {
        for (InFlight inFlight : slots.clone()) {
            if (inFlight != null) {
                action.accept(inFlight);
            }
        }
    }

    /**
     * Asks the kernel to give it up; the completion comes all the same.
     *
     * @param errno what its frame shall be told
     */
    void cancel(InFlight inFlight, int errno) {
        Operation operation = inFlight.operation();
        if (operation == null || inFlight.isCancelRequested()) {
            return;
        }
        inFlight.requestCancel(errno);
        try {
            if (!backlog.isEmpty() || !tryCancel(inFlight, operation)) {
                backlog.add(new Cancellation(inFlight, operation));
            }
        } catch (OutOfMemoryError e) {
            isCancelMissed = true;
        }
    }

    /** Once more all that were asked for; the kernel does not mind. */
    private void cancelMissed() {
        try {
            for (InFlight inFlight : slots) {
                if (inFlight != null
                        && inFlight.operation() != null
                        && inFlight.isCancelRequested()
                        && !tryCancel(inFlight, inFlight.operation())) {
                    return;
                }
            }
            isCancelMissed = false;
        } catch (OutOfMemoryError e) {
            // As before: in the next turn.
        }
    }

    /** Cancels all that match. */
    void cancelAll(Predicate<InFlight> which, int errno) {
        for (InFlight inFlight : slots) {
            if (inFlight != null && inFlight.operation() != null && which.test(inFlight)) {
                cancel(inFlight, errno);
            }
        }
    }

    boolean hasBacklog() {
        return !backlog.isEmpty() || !late.isEmpty() || isCancelMissed;
    }

    /**
     * Counts the reaps. What is submitted goes to the kernel at the next one, so a completion one
     * turn later needed no wait.
     */
    int turn() {
        return turn;
    }

    /** Before each reap: what the last one left, and what the queue would not take then. */
    void beginReap() {
        turn++;
        reapLeft = reapMax;
        for (; reapLeft > 0 && !late.isEmpty(); reapLeft--) {
            Late next = late.poll();
            completions.completed(next.inFlight(), next.result(), next.flags());
        }
        while (!backlog.isEmpty() && tryAgain(backlog.peek())) {
            backlog.poll();
        }
        if (isCancelMissed && backlog.isEmpty()) { // else some were not even begun
            cancelMissed();
        }
    }

    private boolean tryAgain(Deferred deferred) {
        return switch (deferred) {
            case Submission submission -> trySubmit(submission.inFlight());
            case Cancellation cancellation ->
                    tryCancel(cancellation.inFlight(), cancellation.operation());
        };
    }

    /** The loop has ended; what had not completed now does, whatever the kernel will say of it. */
    void close() {
        late.forEach(next -> completions.completed(next.inFlight(), next.result(), next.flags()));
        late.clear();
        backlog.clear();
        for (InFlight inFlight : slots) {
            if (inFlight != null && inFlight.operation() != null) {
                synchronized (ABANDONED) {
                    ABANDONED.add(inFlight);
                }
                if (!inFlight.operation().isDone()) {
                    inFlight.operation().fail(Errno.ECANCELED.number());
                }
            }
        }
        closed = true;
    }

    /** False if the kernel takes nothing now: its completion queue has overflowed. */
    private boolean trySubmit(InFlight inFlight) {
        try {
            inFlight.id(registration().submit(inFlight.sqe().toOps(inFlight.slot())));
            return true;
        } catch (RuntimeException e) {
            requireQueueFull(e);
            return false;
        }
    }

    /** False likewise. */
    private boolean tryCancel(InFlight inFlight, Operation operation) {
        if (inFlight.operation() != operation || !inFlight.isCancelRequested()) {
            return true; // it has completed meanwhile
        }
        try {
            registration().submit(new Sqe().cancel(inFlight.id()).toOps(CANCEL));
            return true;
        } catch (RuntimeException e) {
            requireQueueFull(e);
            return false;
        }
    }

    /**
     * Where the submission queue is full Netty hands it over, and where the kernel refuses that
     * ({@code EBUSY}, {@code EAGAIN}) it throws a {@code RuntimeException} of no other class, or an
     * {@code UncheckedIOException}: there is no call that asks first. Anything else is a fault.
     */
    private static void requireQueueFull(RuntimeException thrown) {
        boolean saysSo =
                thrown.getClass() == RuntimeException.class
                        || thrown instanceof UncheckedIOException;
        if (!saysSo) {
            throw thrown;
        }
    }

    private IoRegistration registration() {
        if (registration == null) {
            Future<IoRegistration> registered = loop.register(new Handle());
            if (!registered.isSuccess()) {
                throw new IllegalStateException("no ring", registered.cause());
            }
            registration = registered.getNow();
        }
        return registration;
    }

    private void completed(int slot, int result, int flags) {
        InFlight inFlight = slots[slot];
        if (closed) {
            discard(inFlight, result);
            return;
        }
        if (reapLeft > 0) {
            reapLeft--;
            completions.completed(inFlight, result, flags);
        } else {
            late.add(new Late(inFlight, result, flags));
        }
    }

    /** Nobody waits for it any more: a descriptor that it brings goes back. */
    private static void discard(InFlight inFlight, int result) {
        if (result >= 0 && inFlight.sqe().returnsDescriptor()) {
            new DescriptorFile(result).closeDescriptor();
        }
    }

    private void grow() {
        int size = slots.length;
        slots = Arrays.copyOf(slots, size * 2);
        free = new int[size * 2];
        addFree(size, size * 2);
    }

    private void addFree(int from, int to) {
        for (int slot = to - 1; slot >= from; slot--) {
            free[freeCount++] = slot;
        }
    }

    /** Netty's view of us. */
    final class Handle implements IoUringIoHandle {

        @Override
        public void handle(IoRegistration from, IoEvent event) {
            IoUringIoEvent completion = (IoUringIoEvent) event;
            if (completion.userData() != CANCEL) {
                completed((int) completion.userData(), completion.res(), completion.flags());
            }
        }

        /** The loop ends, which the backend is told by itself. */
        @Override
        public void close() {}
    }
}
