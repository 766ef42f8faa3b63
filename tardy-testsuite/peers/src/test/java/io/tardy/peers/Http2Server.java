package io.tardy.peers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.tardy.aio.AsyncType;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A server of HTTP/2 from Netty's codec, with a frame for each stream: it sends back what a request
 * brings, and a page where it brings nothing.
 */
final class Http2Server implements AutoCloseable {

    private final TardyEventLoopGroup group;
    private final Channel listener;
    private final boolean isSecure;

    /**
     * @param certificate for TLS, with ALPN; null for none
     */
    Http2Server(AsyncType transport, X509Bundle certificate) throws Exception {
        isSecure = certificate != null;
        SslContext ssl = isSecure ? ssl(certificate) : null;
        group = Transports.group(transport);
        listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel())
                        .childHandler(connection(ssl))
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
    }

    private static SslContext ssl(X509Bundle certificate) throws Exception {
        return SslContextBuilder.forServer(certificate.toKeyManagerFactory())
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(
                        new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                ApplicationProtocolNames.HTTP_2))
                .build();
    }

    private static ChannelHandler connection(SslContext ssl) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (ssl != null) {
                    channel.pipeline().addLast(ssl.newHandler(channel.alloc()));
                }
                channel.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forServer().build(),
                                new Http2MultiplexHandler(stream()));
            }
        };
    }

    private static ChannelHandler stream() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                FrameChannel.spawn(channel, Http2Server::answer);
            }
        };
    }

    private static void answer(FrameChannel stream) throws IOException {
        Http2HeadersFrame request = stream.read(Http2HeadersFrame.class);
        Http2Headers headers = new DefaultHttp2Headers().status("200");
        if (request.isEndStream()) {
            boolean isHead = "HEAD".contentEquals(request.headers().method());
            stream.write(new DefaultHttp2HeadersFrame(headers, isHead));
            if (!isHead) {
                String page = "the page at " + request.headers().path();
                stream.writeAndFlush(
                        new DefaultHttp2DataFrame(
                                Unpooled.copiedBuffer(page, StandardCharsets.UTF_8), true));
            }
            return;
        }
        stream.write(new DefaultHttp2HeadersFrame(headers));
        for (boolean isLast = false; !isLast; ) {
            Http2DataFrame part = stream.read(Http2DataFrame.class);
            try {
                isLast = part.isEndStream();
                stream.writeAndFlush(new DefaultHttp2DataFrame(part.content().retain(), isLast));
            } finally {
                ReferenceCountUtil.release(part);
            }
        }
    }

    URI uri(String path) {
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        return URI.create((isSecure ? "https://localhost:" : "http://127.0.0.1:") + port + path);
    }

    @Override
    public void close() throws Exception {
        listener.close().sync();
        Transports.end(group);
    }
}
