package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Channels between runtimes of a host, whose both ends are cancelled, late and closed at random. A
 * frame that is cancelled has a successor that goes on. So all arrives once, in order: up to where
 * the receiver closes, or until the end.
 */
final class SpscScenario implements Scenario {

    @Override
    public String name() {
        return "spsc";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost host = sim.host("host").runtimes(1 + sim.random(4));
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        List<Link> links = new ArrayList<>();
        for (int i = 1 + sim.random(4); i > 0; i--) {
            links.add(new Link(random.split()));
        }
        Crowd.run(host, runtimes -> links.forEach(link -> link.start(runtimes)));
        links.forEach(Link::check);
    }

    /** One channel, its two ends, and who disturbs them. */
    private static final class Link {

        private final SplittableRandom random;
        private final Spsc<Integer> channel;
        private final int messages;
        private final boolean receiverCloses;

        private int sent;
        private int received;
        private boolean senderIsDone;
        private boolean receiverIsDone;
        private boolean closedByReceiver;

        /** The present frame of each end. */
        private Frame<?> sender;

        private Frame<?> receiver;

        Link(SplittableRandom random) {
            this.random = random;
            this.channel = new Spsc<>(random.nextInt(1, 9));
            this.messages = random.nextInt(1, 120);
            this.receiverCloses = random.nextInt(4) == 0;
        }

        void start(List<TardyRuntime> runtimes) {
            TardyRuntime from = any(runtimes);
            TardyRuntime to = any(runtimes);
            startSender(from, channel.producer(from));
            startReceiver(to, channel.consumer(to));
            int disturbances = random.nextInt(6);
            any(runtimes)
                    .spawn(
                            "disturber",
                            () ->
                                    Pace.disturb(
                                            random,
                                            disturbances,
                                            () -> random.nextBoolean() ? sender : receiver));
        }

        private TardyRuntime any(List<TardyRuntime> runtimes) {
            return runtimes.get(random.nextInt(runtimes.size()));
        }

        private void startSender(TardyRuntime rt, Spsc<Integer>.Producer end) {
            sender =
                    rt.spawn(
                            "sender",
                            () -> {
                                try {
                                    send(end);
                                } catch (CancelledException e) {
                                    startSender(rt, end);
                                }
                            });
        }

        private void send(Spsc<Integer>.Producer end) throws TardyIOException {
            try {
                while (sent < messages) {
                    try {
                        Deadline.within(patience(), () -> end.send(sent));
                        sent++;
                    } catch (DeadlineExceededException e) {
                        // it was not sent: again
                    }
                    Pace.pause(random);
                }
            } catch (ChannelClosedException e) {
                Check.that(closedByReceiver, "the channel is closed to the sender");
            } catch (CancelledException e) {
                throw e;
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
            senderIsDone = true;
            end.close();
        }

        private void startReceiver(TardyRuntime rt, Spsc<Integer>.Consumer end) {
            receiver =
                    rt.spawn(
                            "receiver",
                            () -> {
                                try {
                                    receive(end);
                                } catch (CancelledException e) {
                                    startReceiver(rt, end);
                                }
                            });
        }

        private void receive(Spsc<Integer>.Consumer end) throws TardyIOException {
            try {
                while (!receiverCloses || received < messages / 2) {
                    try {
                        int message = Deadline.callWithin(patience(), end::recv);
                        Check.equal(received, message, "the next message");
                        received++;
                    } catch (DeadlineExceededException e) {
                        // none was taken
                    }
                    Pace.pause(random);
                }
            } catch (ChannelClosedException e) {
                Check.that(senderIsDone, "the channel is closed to the receiver");
            } catch (CancelledException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            receiverIsDone = true;
            closedByReceiver = receiverCloses;
            end.close();
        }

        private Duration patience() {
            return random.nextInt(8) == 0
                    ? Duration.ofMillis(random.nextInt(3))
                    : Duration.ofDays(1);
        }

        void check() {
            Check.that(senderIsDone && receiverIsDone, "both ends have ended");
            if (closedByReceiver) {
                Check.that(received <= sent, "received " + received + " of " + sent);
            } else {
                Check.equal(messages, sent, "messages sent");
                Check.equal(messages, received, "messages received");
            }
        }
    }
}
