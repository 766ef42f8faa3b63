package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many connections of TLS at once, with the JDK's clients, each byte checked: to a socket of ours,
 * and to a {@code FrameChannel} behind Netty's handler, both on the JDK's engine. {@code
 * tardy.tls.connections} and {@code tardy.tls.mib} say how many, and how much moves each way in
 * all; the throughput of both is printed.
 */
@Timeout(600)
class TlsLoadTest {

    private static final int CONNECTIONS = Integer.getInteger("tardy.tls.connections", 40);
    private static final int MIB = Integer.getInteger("tardy.tls.mib", 8);
    private static final int MESSAGE_BYTES_MAX = 20_000;

    /** A transport's own suite, for what it needs. */
    private record Fixture(AsyncType transport) implements FrameChannelFixture {}

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void everyByteOfManyConnections(AsyncType transport) throws Exception {
        Fixture fixture = new Fixture(transport);
        long socketNanos = onSockets(fixture);
        long channelNanos = onChannels(fixture);
        System.out.printf(
                "%s: %d connections, %d MiB each way: Socket %.1f MiB/s, FrameChannel %.1f MiB/s%n",
                transport.label(),
                CONNECTIONS,
                MIB,
                MIB * 1e9 / socketNanos,
                MIB * 1e9 / channelNanos);
    }

    private static long onSockets(Fixture fixture) throws Exception {
        Tls tls = TlsFixture.server().handshakeWithin(Duration.ofMinutes(2));
        long[] nanos = new long[1];
        fixture.inFrame(
                rt -> {
                    try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(4096)) {
                        rt.spawn(() -> listener.serve(tls.serving(TlsLoadTest::echo)));
                        int port = TransportFixture.port(listener);
                        CompletableFuture<Long> visits = visits(port);
                        nanos[0] = rt.await(visits);
                    }
                });
        return nanos[0];
    }

    private static void echo(TlsSocket peer) throws Exception {
        for (ByteBuf data; (data = peer.recv()) != null; ) {
            peer.sendAll(data);
        }
    }

    private static long onChannels(Fixture fixture) throws Exception {
        SslContext tls =
                SslContextBuilder.forServer(
                                TlsFixture.Certificates.SERVER.getKeyPair().getPrivate(),
                                TlsFixture.Certificates.SERVER.getCertificate())
                        .sslProvider(SslProvider.JDK)
                        .build();
        long[] nanos = new long[1];
        fixture.withServer(
                1,
                ch -> {
                    SslHandler handler = tls.newHandler(ch.alloc());
                    handler.setHandshakeTimeout(2, TimeUnit.MINUTES);
                    ch.pipeline().addLast(handler);
                },
                channel -> {
                    for (ByteBuf data; (data = channel.read(ByteBuf.class)) != null; ) {
                        channel.writeAndFlush(data);
                    }
                },
                (group, server) -> {
                    int port = ((InetSocketAddress) server.localAddress()).getPort();
                    nanos[0] = visits(port).get();
                });
        return nanos[0];
    }

    /** How long all clients took together, from the first handshake. */
    private static CompletableFuture<Long> visits(int port) throws Exception {
        SSLContext context = TlsFixture.context(null, TlsFixture.Certificates.SERVER);
        return CompletableFuture.supplyAsync(
                () -> {
                    long began = System.nanoTime();
                    List<Callable<Void>> clients = new ArrayList<>();
                    for (int i = 0; i < CONNECTIONS; i++) {
                        int seed = i;
                        clients.add(() -> visit(context, port, seed));
                    }
                    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                        for (Future<Void> ended : threads.invokeAll(clients)) {
                            ended.get();
                        }
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return System.nanoTime() - began;
                });
    }

    private static Void visit(SSLContext context, int port, int seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(300_000);
            for (long left = ((long) MIB << 20) / CONNECTIONS; left > 0; ) {
                byte[] message =
                        new byte[(int) Math.min(left, 1 + random.nextInt(MESSAGE_BYTES_MAX))];
                random.nextBytes(message);
                socket.getOutputStream().write(message);
                assertThat(socket.getInputStream().readNBytes(message.length)).isEqualTo(message);
                left -= message.length;
            }
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        return null;
    }
}
