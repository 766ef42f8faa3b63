package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.NameResolver;
import io.tardy.Tardy;
import io.tardy.aio.AsyncError;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Names;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Names become addresses by the resolver of a Tardy, and addresses stay what they are. */
interface NamesContract extends SocketFixture {

    /** Knows these addresses of every host. */
    static NameResolver knowing(String... literals) {
        List<InetAddress> all = Stream.of(literals).map(InetAddress::ofLiteral).toList();
        return host -> all;
    }

    /** Runs the body in a frame of a runtime that has this resolver. */
    default void inFrameWith(NameResolver resolver, Body body) throws Exception {
        inFrame(tardy().nameResolver(resolver), body);
    }

    static void assertLookupFails(ThrowingCallable call, AsyncError error, String... words) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(call)
                .withMessageContainingAll(words)
                .satisfies(
                        e -> {
                            assertThat(e.error()).isEqualTo(error);
                            assertThat(e.operation()).isEqualTo("lookup");
                        });
    }

    @Test
    default void aNameHasTheAddressesOfTheResolverInItsOrder() throws Exception {
        String[] addresses = {"10.9.8.7", "10.9.8.6", "::1", "127.0.0.1"};
        inFrameWith(
                knowing(addresses),
                rt -> {
                    assertThat(Names.resolve("host"))
                            .containsExactly(
                                    Stream.of(addresses)
                                            .map(InetAddress::ofLiteral)
                                            .toArray(InetAddress[]::new));
                    assertThat(rt.options().nameResolver().resolve("host")).hasSize(4);
                });
    }

    @Test
    default void everyAddressOfTheResolverIsTried() throws Exception {
        inFrameWith(
                knowing("::1", "127.0.0.1"),
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        int port = TransportFixture.port(listener);
                        try (Socket client = Socket.tcp("host", port).connect()) {
                            assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
                        }
                        Bootstrap bootstrap =
                                new Bootstrap()
                                        .group(rt.eventLoop())
                                        .channel(rt.channelTypes().socket())
                                        .handler(new Shared());
                        try (FrameChannel client = FrameChannel.connect(bootstrap, "host", port)) {
                            assertThat(client.channel().isActive()).isTrue();
                        }
                    }
                });
    }

    /** May go into several pipelines. */
    @io.netty.channel.ChannelHandler.Sharable
    final class Shared extends ChannelInboundHandlerAdapter {}

    @Test
    default void anAddressIsNotLookedUp() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        NameResolver counting =
                host -> {
                    asked.incrementAndGet();
                    throw new UnknownHostException(host);
                };
        inFrameWith(
                counting,
                rt -> {
                    assertThat(Names.resolve("127.0.0.1")).hasSize(1);
                    assertThat(Names.resolve("::1")).hasSize(1);
                    try (Socket listener =
                                    Socket.tcp(new InetSocketAddress("127.0.0.1", 0))
                                            .bind()
                                            .listen(1);
                            Socket client =
                                    Socket.tcp((InetSocketAddress) listener.localAddress())
                                            .connect();
                            Socket receiver =
                                    Socket.udp(new InetSocketAddress("127.0.0.1", 0)).bind();
                            Socket sender =
                                    Socket.udp((InetSocketAddress) receiver.localAddress())) {
                        assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
                        sender.connect();
                        sender.send(ByteBuffer.allocate(3));
                        assertThat(receiver.recv(ByteBuffer.allocate(9), AT_ONCE)).isEqualTo(3);
                    }
                    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("host", 1);
                    for (ThrowingCallable call :
                            List.<ThrowingCallable>of(
                                    () -> Socket.tcp(unresolved), () -> Socket.udp(unresolved))) {
                        assertThatIllegalArgumentException()
                                .isThrownBy(call)
                                .withMessageContaining("give host and port");
                    }
                });
        assertThat(asked).hasValue(0);
    }

    /** What a resolver does to whoever asks for a name. */
    private void assertResolverFails(NameResolver resolver, AsyncError error, String... words)
            throws Exception {
        inFrameWith(
                resolver,
                rt -> {
                    assertLookupFails(() -> Names.resolve("host"), error, words);
                    assertLookupFails(() -> Socket.tcp("host", 1), error, words);
                    assertLookupFails(() -> Socket.udp("host", 1), error, words);
                    assertLookupFails(
                            () -> FrameChannel.connect(new Bootstrap(), "host", 1), error, words);
                });
    }

    @Test
    default void aResolverThatFailsSaysWhetherToAskAgain() throws Exception {
        assertResolverFails(
                host -> {
                    throw new UnknownHostException(host);
                },
                ConnectError.ADDRESS_NOT_AVAILABLE,
                "unknown host host");
        assertResolverFails(
                host -> List.of(),
                ConnectError.ADDRESS_NOT_AVAILABLE,
                "unknown host host",
                "has found no address");
        assertResolverFails(
                host -> {
                    throw new IOException("the directory is closed");
                },
                ConnectError.NAME_SERVER_FAILED,
                "host: the directory is closed");
        assertResolverFails(
                host -> {
                    throw new IOException();
                },
                ConnectError.NAME_SERVER_FAILED,
                "host: java.io.IOException");
    }

    /** It is not the host that has refused. */
    @Test
    default void whatAResolverCannotDoIsAFailureOfTheLookup() throws Exception {
        assertResolverFails(
                host -> {
                    InetSocketAddress nobody;
                    try (Socket socket = Socket.tcp("127.0.0.1", 0).bind()) {
                        nobody = (InetSocketAddress) socket.localAddress();
                    }
                    try (Socket asking = Socket.tcp(nobody)) {
                        asking.connect();
                        throw new AssertionError(asking + " reaches nobody");
                    }
                },
                ConnectError.NAME_SERVER_FAILED,
                "host: connect failed",
                "CONNECTION_REFUSED");
        assertResolverFails(
                host -> {
                    throw new TardyIOException(
                            "lookup", ConnectError.TIMED_OUT, 0, "asked in vain");
                },
                ConnectError.TIMED_OUT,
                "asked in vain");
    }

    @Test
    default void aResolverWithAMistakeIsNotSilenced() throws Exception {
        inFrameWith(
                host -> null,
                rt ->
                        assertThatThrownBy(() -> Names.resolve("host"))
                                .isInstanceOf(NullPointerException.class)
                                .hasMessageContaining("returned null for host"));
        inFrameWith(
                host -> {
                    throw new UnsupportedOperationException("on purpose");
                },
                rt ->
                        assertThatThrownBy(() -> Socket.tcp("host", 1))
                                .isInstanceOf(UnsupportedOperationException.class)
                                .hasMessage("on purpose"));
    }

    @Test
    default void whoWaitsForAResolverCanBeCancelledAndLate() throws Exception {
        NameResolver waiting =
                host -> {
                    Frame.delay(Duration.ofDays(1));
                    return List.of();
                };
        inFrameWith(
                waiting,
                rt -> {
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.callWithin(
                                                    Duration.ofMillis(1),
                                                    () -> Names.resolve("host")));
                    Frame<Socket> connecting = rt.spawnCall(() -> Socket.tcp("host", 1));
                    Frame.yield();
                    connecting.cancel();
                    TransportFixture.assertFailedOf(connecting, CancelledException.class);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void theSystemsResolverIsTheDefault() throws Exception {
        inFrame(
                rt -> {
                    assertThat(rt.options().nameResolver()).isSameAs(NameResolver.system());
                    assertThat(Names.resolve("localhost"))
                            .isNotEmpty()
                            .allMatch(InetAddress::isLoopbackAddress);
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aSocketForATardyIsLookedUpByThatOne() throws Exception {
        try (Tardy tardy = tardy().nameResolver(knowing("127.0.0.1")).build();
                Socket listener = Socket.tcp(tardy, "host", 0).bind();
                Socket receiver = Socket.udp(tardy, "host", 0).bind();
                Socket same = Socket.tcp(tardy, new InetSocketAddress("127.0.0.1", 0)).bind();
                Socket sameUdp = Socket.udp(tardy, new InetSocketAddress("127.0.0.1", 0)).bind()) {
            for (Socket socket : List.of(listener, receiver, same, sameUdp)) {
                assertThat(((InetSocketAddress) socket.localAddress()).getAddress())
                        .isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
            }
        }
    }
}
