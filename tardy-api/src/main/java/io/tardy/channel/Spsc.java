package io.tardy.channel;

import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import io.tardy.runtime.Wake;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;

/**
 * A bounded channel from one frame to another, which may belong to another runtime.
 *
 * <p>Each end is taken once, for the runtime whose frames will use it, and is used by one frame at
 * a time. Messages arrive in order, each once. When the producer closes, the consumer still
 * receives what is in the channel; when the consumer closes, what is in it is lost.
 *
 * <p>No wake-up is lost: an end announces that it waits, and looks again, before it waits; the
 * other end first changes the channel and then takes the announcement. Whoever takes it triggers
 * the waiter's task, exactly once.
 *
 * @param <T> the type of the messages
 */
public final class Spsc<T> {

    private final Queue<T> ring;
    private final int capacity;
    private final AtomicReference<TardyRuntime> producerRuntime = new AtomicReference<>();
    private final AtomicReference<TardyRuntime> consumerRuntime = new AtomicReference<>();
    private final AtomicReference<Wake> waitingProducer = new AtomicReference<>();
    private final AtomicReference<Wake> waitingConsumer = new AtomicReference<>();
    private volatile boolean producerClosed;
    private volatile boolean consumerClosed;

    /**
     * @param capacity how many messages the channel holds; rounded up to a power of two, at least 4
     */
    public Spsc(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + ", must be at least 1");
        }
        SpscAtomicArrayQueue<T> queue = new SpscAtomicArrayQueue<>(capacity);
        this.ring = queue;
        this.capacity = queue.capacity();
    }

    /** How many messages the channel holds at most. */
    public int capacity() {
        return capacity;
    }

    /**
     * Takes the sending end, for frames of this runtime.
     *
     * @throws IllegalStateException if it was taken before
     */
    public Producer producer(TardyRuntime runtime) {
        take(producerRuntime, runtime, "producer");
        return new Producer(runtime);
    }

    /**
     * Takes the receiving end, for frames of this runtime.
     *
     * @throws IllegalStateException if it was taken before
     */
    public Consumer consumer(TardyRuntime runtime) {
        take(consumerRuntime, runtime, "consumer");
        return new Consumer(runtime);
    }

    private static void take(AtomicReference<TardyRuntime> end, TardyRuntime runtime, String name) {
        if (!end.compareAndSet(null, Objects.requireNonNull(runtime))) {
            throw new IllegalStateException("the " + name + " of this channel is already taken");
        }
    }

    /**
     * Wakes who waits for a change of the channel that was made before. The queue publishes with a
     * store that the load of the announcement could overtake; then each of the two would have
     * looked too early, and the other one would wait for ever.
     */
    private static void wake(AtomicReference<Wake> announced) {
        VarHandle.fullFence();
        if (announced.get() != null) {
            Wake waiting = announced.getAndSet(null);
            if (waiting != null) {
                waiting.wake();
            }
        }
    }

    /** Waits until woken; the announcement was made, and the channel looked at again, before. */
    private static void await(
            AtomicReference<Wake> announced, Wake own, TaskScheduler tasks, String operation)
            throws TardyIOException {
        while (announced.get() == own) {
            tasks.triggerAwait(operation, operation);
        }
    }

    private static TaskScheduler tasksOf(TardyRuntime runtime) {
        return RuntimeCore.of(runtime.eventLoop()).scheduler();
    }

    /** Refuses the frames of other runtimes: two at an end at once would lose messages. */
    private static void requireOwn(TaskScheduler tasks, String operation) {
        Task task = Task.current();
        if (task != null && task.scheduler() != tasks) {
            throw new IllegalStateException(
                    operation
                            + ": this frame belongs to "
                            + task.scheduler().runtime()
                            + ", and this end of the channel to "
                            + tasks.runtime()
                            + ": use a Channel, which has any number of frames at both ends");
        }
    }

    /** The sending end. Closing it is the end of the stream. */
    public final class Producer implements AutoCloseable {

        private final TaskScheduler tasks;

        /** Whether a frame waits in it; the runtime's thread. */
        private boolean waited;

        private Producer(TardyRuntime runtime) {
            this.tasks = tasksOf(runtime);
        }

        /**
         * Sends a message, waiting while the channel is full.
         *
         * @throws ChannelClosedException if either end is closed; the message was not sent
         * @throws CancelledException if the frame is cancelled; the message was not sent
         * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline};
         *     the message was not sent
         * @throws IllegalStateException if it has to wait outside of a frame, in a frame of another
         *     runtime than this end's, or while another frame waits in it
         */
        public void send(T message) throws ChannelClosedException, TardyIOException {
            Objects.requireNonNull(message, "message");
            requireOwn(tasks, "send");
            if (waited) {
                throw new IllegalStateException(
                        "another frame already sends to this channel: use a Channel, which has any"
                                + " number of senders, or give each frame an Spsc of its own");
            }
            while (!offer(message)) {
                awaitRoom();
            }
            wake(waitingConsumer);
        }

        private void awaitRoom() throws TardyIOException {
            Wake own = new Wake("send");
            try {
                waited = true;
                waitingProducer.set(own);
                if (ring.size() == capacity && !consumerClosed && !producerClosed) {
                    await(waitingProducer, own, tasks, "send");
                }
            } finally {
                waited = false;
                waitingProducer.compareAndSet(own, null);
            }
        }

        private boolean offer(T message) throws ChannelClosedException {
            if (producerClosed) {
                throw new ChannelClosedException("the producer of this channel is closed");
            }
            if (consumerClosed) {
                throw new ChannelClosedException("the consumer has closed the channel");
            }
            return ring.offer(message);
        }

        /** Ends the stream. From any thread; closing again does nothing. */
        @Override
        public void close() {
            producerClosed = true;
            wake(waitingConsumer);
            wake(waitingProducer);
        }
    }

    /** The receiving end. */
    public final class Consumer implements AutoCloseable {

        private final TaskScheduler tasks;

        /** Whether a frame waits in it; the runtime's thread. */
        private boolean waited;

        private Consumer(TardyRuntime runtime) {
            this.tasks = tasksOf(runtime);
        }

        /**
         * Receives the next message, waiting until there is one.
         *
         * @throws ChannelClosedException if the producer is closed and all was received, or this
         *     end is closed
         * @throws CancelledException if the frame is cancelled; no message was taken
         * @throws DeadlineExceededException if it had to wait beyond the frame's {@code Deadline};
         *     no message was taken
         * @throws IllegalStateException if it has to wait outside of a frame, in a frame of another
         *     runtime than this end's, or while another frame waits in it
         */
        public T recv() throws ChannelClosedException, TardyIOException {
            requireOwn(tasks, "recv");
            if (waited) {
                throw new IllegalStateException(
                        "another frame already receives from this channel: use a Channel, which has"
                            + " any number of receivers, or give each frame an Spsc of its own");
            }
            for (; ; ) {
                if (consumerClosed) {
                    throw new ChannelClosedException("the consumer of this channel is closed");
                }
                boolean last = producerClosed; // before the look: what it sent earlier is in
                T message = ring.poll();
                if (message != null) {
                    wake(waitingProducer);
                    return message;
                }
                if (last) {
                    throw new ChannelClosedException("the producer has closed the channel");
                }
                awaitMessage();
            }
        }

        private void awaitMessage() throws TardyIOException {
            Wake own = new Wake("recv");
            try {
                waited = true;
                waitingConsumer.set(own);
                if (ring.isEmpty() && !producerClosed && !consumerClosed) {
                    await(waitingConsumer, own, tasks, "recv");
                }
            } finally {
                waited = false;
                waitingConsumer.compareAndSet(own, null);
            }
        }

        /** Refuses further messages. From any thread; closing again does nothing. */
        @Override
        public void close() {
            consumerClosed = true;
            wake(waitingProducer);
            wake(waitingConsumer);
        }
    }
}
