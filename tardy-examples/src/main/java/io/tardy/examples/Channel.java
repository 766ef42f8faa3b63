package io.tardy.examples;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import java.io.IOException;

/** A channel from a frame of one runtime to a frame of another. */
final class Channel {

    private Channel() {}

    /** The first runtime sends, the last one receives; with one runtime it does both. */
    static void run(Tardy tardy, int messages) throws IOException {
        Spsc<Integer> channel = new Spsc<>(64);
        int last = tardy.options().threading().runtimes() - 1;
        tardy.entry(
                channel,
                (rt, spsc) -> {
                    if (rt.id() == 0) {
                        var producer = spsc.producer(rt);
                        rt.spawn("producer", () -> produce(producer, messages));
                    }
                    if (rt.id() == last) {
                        var consumer = spsc.consumer(rt);
                        rt.spawn("consumer", () -> consume(rt, consumer));
                    }
                });
    }

    private static void produce(Spsc<Integer>.Producer producer, int messages) throws IOException {
        try (producer) {
            for (int i = 1; i <= messages; i++) {
                producer.send(i);
            }
        }
    }

    private static void consume(TardyRuntime rt, Spsc<Integer>.Consumer consumer)
            throws IOException {
        long sum = 0;
        int count = 0;
        try (consumer) {
            for (; ; count++) {
                sum += consumer.recv();
            }
        } catch (ChannelClosedException e) {
            System.out.println("received " + count + " messages, sum " + sum + ", on " + rt);
        }
    }
}
