package io.tardy.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Where a header ends: never more is asked for than it has, whatever comes. */
class ProxyBytesTest {

    private static final int LIMIT = TrustedProxies.HEADER_BYTES_MAX;
    private static final SocketAddress HERE = new InetSocketAddress("127.0.0.1", 1);

    private static ByteBuf encoded(HAProxyMessage message) {
        EmbeddedChannel channel = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        channel.writeOutbound(message);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part; (part = channel.readOutbound()) != null; part.release()) {
            all.writeBytes(part);
        }
        channel.close();
        return all;
    }

    /** Of any kind, as Netty encodes it. */
    private static ByteBuf header(SplittableRandom random) {
        boolean isText = random.nextBoolean();
        List<HAProxyProxiedProtocol> kinds =
                isText
                        ? List.of(HAProxyProxiedProtocol.TCP4, HAProxyProxiedProtocol.TCP6)
                        : List.of(
                                HAProxyProxiedProtocol.TCP4,
                                HAProxyProxiedProtocol.TCP6,
                                HAProxyProxiedProtocol.UDP4,
                                HAProxyProxiedProtocol.UNIX_STREAM);
        HAProxyProxiedProtocol kind = kinds.get(random.nextInt(kinds.size()));
        String from =
                switch (kind.addressFamily()) {
                    case AF_IPv4 -> random.nextInt(256) + ".0.2." + random.nextInt(256);
                    case AF_IPv6 -> Integer.toHexString(random.nextInt(0xffff)) + "::7";
                    default -> "/run/" + "x".repeat(random.nextInt(100));
                };
        boolean isUnix = from.startsWith("/");
        int port = isUnix ? 0 : random.nextInt(65536);
        if (isText) {
            return encoded(
                    new HAProxyMessage(
                            HAProxyProtocolVersion.V1,
                            HAProxyCommand.PROXY,
                            kind,
                            from,
                            from,
                            port,
                            port));
        }
        HAProxyTLV tlv =
                new HAProxyTLV((byte) 0xe1, Unpooled.wrappedBuffer(new byte[random.nextInt(300)]));
        return encoded(
                new HAProxyMessage(
                        HAProxyProtocolVersion.V2,
                        HAProxyCommand.PROXY,
                        kind,
                        from,
                        from,
                        port,
                        port,
                        random.nextBoolean() ? List.of() : List.of(tlv)));
    }

    @Test
    void whatNettyEncodesIsTakenToItsLastByteAndNoFurther() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 5_000; i++) {
            ByteBuf header = header(random);
            int length = header.readableBytes();
            ByteBuf sent = Unpooled.copiedBuffer(header).writeBytes("rest".getBytes(ISO_8859_1));
            ByteBuf here = Unpooled.buffer();
            int asked = 0;
            for (int needed;
                    (needed = ProxyBytes.needed(here, LIMIT)) > here.readableBytes();
                    asked++) {
                assertThat(needed).isLessThanOrEqualTo(length);
                int some = random.nextBoolean() ? needed : here.readableBytes() + 1;
                here.writeBytes(sent, some - here.readableBytes());
            }
            assertThat(here.readableBytes()).isEqualTo(length);
            assertThat(ProxyBytes.needed(Unpooled.copiedBuffer(header).writeByte('x'), LIMIT))
                    .isEqualTo(length);
            ProxyHeader decoded = ProxyDecoder.decode(here, length, HERE, HERE);
            assertThat(decoded.isProxied()).isTrue();
            assertThat(decoded.source()).isEqualTo(decoded.destination());
        }
    }

    /** A text has at most 107 bytes, so not many more calls of the system than fields. */
    @Test
    void aLineIsAskedForInFewPieces() throws Exception {
        String line = "PROXY TCP4 192.0.2.100 198.51.100.100 47110 443\r\n";
        ByteBuf sent = Unpooled.copiedBuffer(line, ISO_8859_1);
        ByteBuf here = Unpooled.buffer();
        int asked = 0;
        for (int needed;
                (needed = ProxyBytes.needed(here, LIMIT)) > here.readableBytes();
                asked++) {
            here.writeBytes(sent, needed - here.readableBytes());
        }
        assertThat(sent.isReadable()).isFalse();
        assertThat(asked).isLessThanOrEqualTo(14);
    }

    /** Nothing else is thrown, nothing is asked for beyond the limit, and nothing stays behind. */
    @Test
    void mutatedHeadersAreHeadersOrRefused() {
        SplittableRandom random = new SplittableRandom(6);
        long usedBefore = UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        int refused = 0;
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            ByteBuf sent = header(random);
            for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
                sent.setByte(random.nextInt(sent.readableBytes()), random.nextInt(256));
            }
            try {
                int needed = ProxyBytes.needed(sent, LIMIT);
                assertThat(needed).isBetween(1, LIMIT);
                if (needed <= sent.readableBytes()) {
                    ProxyDecoder.decode(sent, needed, HERE, HERE);
                    taken++;
                }
            } catch (ProxyException e) {
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
        assertThat(taken).isGreaterThan(1000);
        assertThat(UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                .isEqualTo(usedBefore);
    }
}
