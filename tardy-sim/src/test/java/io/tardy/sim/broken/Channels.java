package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import java.time.Duration;

/** Two runtimes count to each other through channels, until one of them has enough. */
final class Channels implements SimBody {

    private static final int COUNT_MAX = 60;

    private Sim sim;
    private int count;
    private boolean consumerEnds;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        this.count = sim.random(COUNT_MAX);
        this.consumerEnds = sim.random(2) == 0;
        Spsc<Integer> to = new Spsc<>(4);
        Spsc<Integer> from = new Spsc<>(4);
        sim.host("a")
                .runtimes(2)
                .start(
                        rt -> {
                            boolean first = rt.id() == 0;
                            Spsc<Integer>.Producer out = (first ? to : from).producer(rt);
                            Spsc<Integer>.Consumer in = (first ? from : to).consumer(rt);
                            rt.spawn(() -> send(out));
                            rt.spawn(() -> receive(rt, in));
                        })
                .await();
    }

    private void send(Spsc<Integer>.Producer out) throws Exception {
        int sent = 0;
        try (out) {
            while (consumerEnds || sent < count) {
                pause();
                out.send(sent++);
            }
        } catch (ChannelClosedException e) {
            if (!consumerEnds) {
                throw e;
            }
        }
    }

    private void receive(TardyRuntime rt, Spsc<Integer>.Consumer in) throws Exception {
        try (in) {
            for (int received = 0; !consumerEnds || received < count; received++) {
                pause();
                int next = in.recv();
                if (next != received) {
                    throw new AssertionError("received " + next + " after " + received);
                }
            }
            if (sim.random(2) == 0) {
                Frame.delay(Duration.ofMillis(5)); // the producer waits, for the channel is full
            }
        } catch (ChannelClosedException e) {
            if (consumerEnds) {
                throw e;
            }
        }
    }

    private void pause() throws TardyIOException {
        switch (sim.random(8)) {
            case 0 -> Frame.yield();
            case 1 -> Frame.delay(Duration.ofNanos(sim.random(2_000_000)));
            default -> {}
        }
    }
}
