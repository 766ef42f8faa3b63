package io.tardy.testsuite;

import static io.tardy.testsuite.ProxyContract.BINARY;
import static io.tardy.testsuite.ProxyContract.SIGNATURE;
import static io.tardy.testsuite.ProxyContract.TEXT;
import static io.tardy.testsuite.ProxyContract.TRUSTED;
import static io.tardy.testsuite.ProxyContract.UNKNOWN;
import static io.tardy.testsuite.ProxyContract.assertIsClient;
import static io.tardy.testsuite.ProxyContract.hex;
import static io.tardy.testsuite.ProxyContract.latin;
import static io.tardy.testsuite.ProxyContract.rest;
import static io.tardy.testsuite.ProxyContract.saidTo;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.net.ProxyHeader;
import io.tardy.net.Socket;
import io.tardy.net.TrustedProxies;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Pipelines of connections that a load balancer has made. */
interface ProxyPipelineContract extends FrameChannelFixture {

    @Test
    default void aPipelineKnowsTheClientFromTheFirstByteOn() throws Exception {
        for (String header : List.of(BINARY, TEXT)) {
            for (boolean inPieces : new boolean[] {false, true}) {
                withPeer(
                        channel -> channel.pipeline().addLast(TRUSTED.channelHandler()),
                        frame -> {
                            ByteBuf first = frame.read(ByteBuf.class);
                            assertIsClient(ProxyHeader.of(frame.channel()), header == TEXT ? 1 : 2);
                            assertThat(frame.channel().pipeline().names()).hasSize(2);
                            frame.write(first);
                            FrameChannelFixture.echo(frame);
                        },
                        (rt, peer) -> {
                            if (inPieces) {
                                for (char c : header.toCharArray()) {
                                    peer.sendAll(latin(String.valueOf(c)));
                                    Frame.yield();
                                }
                                peer.sendAll(latin("hello"));
                            } else {
                                peer.sendAll(latin(header + "hello"));
                            }
                            assertThat(rest(peer, 5)).isEqualTo("hello");
                            peer.sendAll(latin("and again"));
                            assertThat(rest(peer, 9)).isEqualTo("and again");
                        });
            }
        }
    }

    @Test
    default void aPipelineEndsWithoutAHeader() throws Exception {
        for (String sent : List.of("nonsense", SIGNATURE + hex("31"), "PROXY ")) {
            AtomicReference<Object> read = new AtomicReference<>("nothing yet");
            AtomicReference<ProxyHeader> header = new AtomicReference<>();
            withPeer(
                    channel ->
                            channel.pipeline()
                                    .addLast(
                                            TRUSTED.headerWithin(Duration.ofMillis(200))
                                                    .channelHandler()),
                    frame -> {
                        header.set(ProxyHeader.of(frame.channel()));
                        read.set(frame.read());
                    },
                    (rt, peer) -> {
                        peer.sendAll(latin(sent));
                        assertThat(saidTo(peer)).isEmpty();
                    });
            assertThat(header.get()).isNull();
            assertThat(read.get()).isNull();
        }
    }

    @Test
    default void aPipelineRefusesWhoIsNotTrusted() throws Exception {
        withPeer(
                channel ->
                        channel.pipeline().addLast(TrustedProxies.of("192.0.2.1").channelHandler()),
                frame -> ReferenceCountUtil.release(frame.read()),
                (rt, peer) -> assertThat(saidTo(peer)).isEmpty());
    }

    @Test
    default void aRequestIsForwardedForTheClientOfTheHeader() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server =
                            GroupFixture.bindAnywhere(
                                    GroupFixture.server(
                                            group,
                                            LoadBalancerSamples.behindProxy(
                                                    TRUSTED,
                                                    c ->
                                                            c.pipeline()
                                                                    .addLast(new HttpServerCodec()),
                                                    ProxyPipelineContract::tellClient)));
                    inFrame(
                            rt -> {
                                String request =
                                        "GET / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n";
                                assertThat(told(server, TEXT + request))
                                        .contains("\r\n\r\n192.0.2.7");
                                assertThat(told(server, UNKNOWN + request))
                                        .contains("\r\n\r\n203.0.113.9");
                            });
                });
    }

    /** A channel that stays open then would wait for its header in vain. */
    @Test
    default void anEndOfInputIsAnEndOfTheHeader() throws Exception {
        for (String sent : List.of("", "PRO", BINARY.substring(0, 20))) {
            withGroup(
                    1,
                    group -> {
                        Channel server =
                                GroupFixture.bindAnywhere(
                                        GroupFixture.server(group, new PatientInitializer())
                                                .childOption(
                                                        ChannelOption.ALLOW_HALF_CLOSURE, true));
                        inFrame(
                                rt -> {
                                    try (Socket peer =
                                            Socket.tcp(
                                                            "127.0.0.1",
                                                            FrameChannelFixture.port(server))
                                                    .connect()) {
                                        peer.sendAll(latin(sent));
                                        peer.shutdownOutput();
                                        Deadline.within(
                                                Duration.ofSeconds(4),
                                                () ->
                                                        assertThat(
                                                                        peer.recv(
                                                                                ByteBuffer.allocate(
                                                                                        1)))
                                                                .isEqualTo(-1));
                                    }
                                });
                    });
        }
    }

    final class PatientInitializer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            TrustedProxies patient = TRUSTED.headerWithin(Duration.ofHours(1));
            channel.pipeline().addLast(patient.channelHandler());
        }
    }

    private static void tellClient(FrameChannel frame) throws IOException {
        HttpRequest request = frame.read(HttpRequest.class);
        InetAddress client = LoadBalancerSamples.clientOf(frame.channel(), request, TRUSTED);
        ByteBuf body = Unpooled.copiedBuffer(client.getHostAddress(), ISO_8859_1);
        frame.write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body));
    }

    /** Up to the end. */
    private static String told(Channel server, String sent) throws IOException {
        try (Socket peer = Socket.tcp("127.0.0.1", FrameChannelFixture.port(server)).connect()) {
            peer.sendAll(latin(sent));
            return rest(peer, 1000);
        }
    }

    /** As the page shows it: without a handler of ours. */
    @Test
    default void nettysOwnDecoderGivesAFrameItsMessage() throws Exception {
        withPeer(
                channel -> channel.pipeline().addLast(new HAProxyMessageDecoder()),
                frame -> {
                    assertIsClient(LoadBalancerSamples.headerByNetty(frame), 2);
                    FrameChannelFixture.echo(frame);
                },
                (rt, peer) -> {
                    peer.sendAll(latin(BINARY + "hello"));
                    assertThat(rest(peer, 5)).isEqualTo("hello");
                });
    }
}
