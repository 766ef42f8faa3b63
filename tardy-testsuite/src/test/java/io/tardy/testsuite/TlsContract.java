package io.tardy.testsuite;

import static io.tardy.testsuite.FrameChannelFixture.connect;
import static io.tardy.testsuite.FrameChannelFixture.echo;
import static io.tardy.testsuite.FrameChannelFixture.serve;
import static io.tardy.testsuite.FrameChannelFixture.takeText;
import static io.tardy.testsuite.FrameChannelFixture.utf8;
import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import io.tardy.netty.PipelineException;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Frames behind TLS. */
interface TlsContract extends FrameChannelFixture {

    /** A server whose frames see what was encrypted. */
    private static Channel tlsServer(
            TardyEventLoopGroup group, X509Bundle certificate, FrameChannelBody body)
            throws Exception {
        SslContext tls =
                SslContextBuilder.forServer(
                                certificate.getKeyPair().getPrivate(), certificate.getCertificate())
                        .sslProvider(SslProvider.JDK)
                        .build();
        return serve(group, ch -> encrypt(ch, tls), body);
    }

    private static void encrypt(Channel channel, SslContext tls) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    @Test
    default void tls() throws Exception {
        X509Bundle certificate = certificate();
        SslContext trusting =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(certificate.getCertificate())
                        .endpointIdentificationAlgorithm(null)
                        .build();
        withGroup(
                2,
                group -> {
                    Channel server = tlsServer(group, certificate, FrameChannelFixture::echo);
                    inGroupFrame(
                            group,
                            rt -> {
                                int size = 1 << 20;
                                try (FrameChannel client =
                                        connect(rt, group, server, ch -> encrypt(ch, trusting))) {
                                    rt.spawn(() -> client.write(utf8("x".repeat(size))));
                                    int received = 0;
                                    while (received < size) {
                                        received += takeText(client.read(ByteBuf.class)).length();
                                    }
                                    assertThat(received).isEqualTo(size);
                                }
                            });
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel plain =
                                        connect(rt, group, server, FrameChannelFixture::bytes)) {
                                    plain.write(utf8("this is no handshake\n"));
                                    for (ByteBuf alert;
                                            (alert = plain.read(ByteBuf.class)) != null; ) {
                                        alert.release();
                                    }
                                }
                            });
                });
    }

    @Test
    default void aHandshakeThatFailsReachesTheFrame() throws Exception {
        SslContext distrusting = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        withGroup(
                1,
                group -> {
                    Channel server =
                            tlsServer(group, certificate(), TlsContract::echoUnlessRefused);
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        connect(
                                                rt,
                                                group,
                                                server,
                                                ch -> encrypt(ch, distrusting))) {
                                    assertThatThrownBy(client::read)
                                            .isInstanceOf(PipelineException.class)
                                            .cause()
                                            .satisfies(TlsContract::requireTlsFailure);
                                }
                            });
                });
    }

    private static void echoUnlessRefused(FrameChannel channel) throws IOException {
        try {
            echo(channel);
        } catch (PipelineException e) {
            // The client says why, and leaves.
        }
    }

    /** Be it the decoder's cause or the handler's own. */
    private static void requireTlsFailure(Throwable cause) {
        assertThat(cause instanceof SSLException || cause.getCause() instanceof SSLException)
                .as("%s", cause)
                .isTrue();
    }
}
