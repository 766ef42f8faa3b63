package io.tardy.testsuite.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * A long stream in both directions of one connection, with reads and writes of random size, each
 * byte checked. {@code tardy.stream.mib} says how much moves in all.
 */
class StreamSuite {

    private static final long LENGTH_TOTAL = Long.getLong("tardy.stream.mib", 64) << 20;
    private static final int WAIT_MINUTES = 5;

    @Test
    void everyByteOfALongTcpStreamArrivesInItsPlace() throws Exception {
        long seed = drawSeed();
        for (BootstrapComboFactory<ServerBootstrap, Bootstrap> combo : Run.tcp()) {
            run(combo, new SplittableRandom(seed));
        }
    }

    private static long drawSeed() {
        Long given = Long.getLong("tardy.seed");
        long seed = given != null ? given : RandomGenerator.getDefault().nextLong();
        System.out.printf(
                "seed %d; replay with ./mvnw test -pl tardy-testsuite/netty -am"
                        + " -Dtest=StreamSuite -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dtardy.netty.sides=%s -Dtardy.netty.transport=%s"
                        + " -Dtardy.stream.mib=%d -Dtardy.seed=%d%n",
                seed,
                Run.SIDES,
                Run.WIRE.name().toLowerCase(Locale.ROOT),
                LENGTH_TOTAL >> 20,
                seed);
        return seed;
    }

    private static void run(
            BootstrapComboFactory<ServerBootstrap, Bootstrap> combo, SplittableRandom random)
            throws Exception {
        StreamPattern up = new StreamPattern(random.nextLong());
        StreamPattern down = new StreamPattern(random.nextLong());
        CompletableFuture<Void> failure = new CompletableFuture<>();
        StreamEnd serverEnd = new StreamEnd(random.split(), down, up, LENGTH_TOTAL / 2, failure);
        StreamEnd clientEnd = new StreamEnd(random.split(), up, down, LENGTH_TOTAL / 2, failure);
        Channel server =
                combo.newServerInstance()
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR, new RandomReads(random.split()))
                        .childHandler(serverEnd)
                        .bind(new InetSocketAddress(NetUtil.LOCALHOST, 0))
                        .sync()
                        .channel();
        Channel client =
                combo.newClientInstance()
                        .option(ChannelOption.RECVBUF_ALLOCATOR, new RandomReads(random.split()))
                        .handler(clientEnd)
                        .connect(server.localAddress())
                        .sync()
                        .channel();
        try {
            CompletableFuture<Void> bothOver =
                    CompletableFuture.allOf(serverEnd.over(), clientEnd.over());
            CompletableFuture.anyOf(failure, bothOver).get(WAIT_MINUTES, TimeUnit.MINUTES);
        } finally {
            client.close().sync();
            server.close().sync();
        }
    }
}
