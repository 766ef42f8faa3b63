package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Channel;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Select;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sync.Held;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import io.tardy.sync.Semaphore;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Many senders and many receivers of one channel, on all runtimes of a host, who are cancelled and
 * late at random. A frame that is cancelled has a successor that goes on. So each message arrives
 * once, up to where the channel fails, or all do. What a receiver does with a message takes a
 * permit and a mutex, in whose wait it may be cancelled too.
 */
final class ChannelScenario implements Scenario {

    @Override
    public String name() {
        return "channel";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost host = sim.host("host").runtimes(1 + sim.random(4));
        Traffic traffic = new Traffic(new SplittableRandom(sim.random(1 << 30)));
        Crowd.run(host, traffic::start);
        traffic.check();
    }

    /** What goes on in the channel. The frames of a host run one at a time. */
    private static final class Traffic {

        private final SplittableRandom random;
        private final Channel<Integer> channel;
        private final Channel<Integer> silent = Channel.rendezvous();
        private final int senders;
        private final int receivers;
        private final int messages;
        private final boolean fails;
        private final Latch begun;
        private final Mutex mutex = new Mutex();
        private final Semaphore semaphore = new Semaphore(2);

        private final int[] sent;
        private final BitSet received = new BitSet();
        private int sendersDone;
        private int receiversDone;
        private int handling;

        Traffic(SplittableRandom random) {
            this.random = random;
            this.channel =
                    switch (random.nextInt(4)) {
                        case 0 -> Channel.unlimited();
                        case 1 -> Channel.rendezvous();
                        default -> Channel.buffered(random.nextInt(1, 6));
                    };
            this.senders = random.nextInt(1, 5);
            this.receivers = random.nextInt(1, 5);
            this.messages = random.nextInt(1, 60);
            this.fails = random.nextInt(5) == 0;
            this.begun = new Latch(senders);
            this.sent = new int[senders];
        }

        void start(List<TardyRuntime> runtimes) {
            Crowd crowd = new Crowd(random, runtimes);
            for (int i = 0; i < senders; i++) {
                int sender = i;
                begun.countDown();
                crowd.start(() -> send(sender));
            }
            for (int i = 0; i < receivers; i++) {
                crowd.start(this::receive);
            }
            crowd.disturb(random.nextInt(12));
        }

        private void send(int sender) throws IOException {
            begun.await();
            try {
                while (sent[sender] < messages) {
                    int message = sender * messages + sent[sender];
                    try {
                        Deadline.within(patience(), () -> channel.send(message));
                        sent[sender]++;
                    } catch (DeadlineExceededException e) {
                        // it was not sent: again
                    }
                    Pace.pause(random);
                }
            } catch (ChannelClosedException e) {
                Check.that(fails && e.getCause() != null, "the channel is closed to a sender");
            }
            if (++sendersDone == senders) {
                channel.close();
            }
        }

        private void receive() throws IOException {
            try {
                for (Integer message; (message = next()) != null; ) {
                    if (message >= 0) {
                        Check.that(!received.get(message), "message " + message + " came twice");
                        received.set(message);
                        handle();
                    }
                    if (fails && received.cardinality() > messages / 2) {
                        channel.fail(new IOException("enough"));
                    }
                }
                Check.that(!fails || received.cardinality() <= messages, "the normal end");
            } catch (ChannelClosedException e) {
                Check.that(fails && e.getCause() != null, "the channel has failed");
            }
            receiversDone++;
        }

        /** The next message, null at the end, or -1 if none came in time. */
        private Integer next() throws IOException {
            try {
                return switch (random.nextInt(3)) {
                    case 0 -> Deadline.callWithin(patience(), channel::next);
                    case 1 ->
                            new Select<Integer>()
                                    .recv(silent, message -> message)
                                    .next(channel, message -> message)
                                    .after(patience(), () -> -1)
                                    .run();
                    default -> channel.next();
                };
            } catch (DeadlineExceededException e) {
                return -1;
            }
        }

        private void handle() throws IOException {
            try (Held permit = semaphore.hold()) {
                Check.that(++handling <= 2, "two permits");
                try {
                    Pace.pause(random);
                    try (Held held = mutex.hold()) {
                        Pace.pause(random);
                    }
                } finally {
                    handling--;
                }
            }
        }

        private Duration patience() {
            return random.nextInt(4) == 0
                    ? Duration.ofMillis(random.nextInt(3))
                    : Duration.ofDays(1);
        }

        void check() {
            Check.equal(senders, sendersDone, "senders that have ended");
            Check.equal(receivers, receiversDone, "receivers that have ended");
            Check.equal(2, semaphore.available(), "free permits");
            Check.that(!mutex.isLocked(), "nobody holds the mutex");
            Check.equal(
                    0,
                    semaphore.waiting()
                            + mutex.waiting()
                            + channel.sending()
                            + channel.receiving()
                            + silent.receiving(),
                    "waiters that are left");
            if (!fails) {
                Check.equal(senders * messages, received.cardinality(), "messages received");
            }
        }
    }
}
