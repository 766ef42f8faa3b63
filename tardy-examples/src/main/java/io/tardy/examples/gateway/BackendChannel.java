package io.tardy.examples.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;

/** A connection to the backend, on Netty's codec. */
final class BackendChannel extends Pool.Connection {

    private final FrameChannel channel;
    private boolean isReady;

    private BackendChannel(FrameChannel channel) {
        this.channel = channel;
    }

    static BackendChannel connect(InetSocketAddress backend) throws IOException {
        TardyRuntime rt = TardyRuntime.current();
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(rt.channelTypes().socket())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel made) {
                                        made.pipeline()
                                                .addLast(new HttpClientCodec(), new AskedOnly());
                                    }
                                });
        return new BackendChannel(FrameChannel.connect(bootstrap, backend));
    }

    /** Returns null if the backend has ended the connection without an answer. */
    FullHttpResponse ask(FullHttpRequest request, int bytesMax) throws IOException {
        isReady = false;
        HttpResponse head = begin(request);
        try {
            ByteBuf content = head == null ? null : WholeMessage.content(channel, bytesMax);
            while (content != null && head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
                head = channel.read(HttpResponse.class); // the one that counts
                content = head == null ? null : WholeMessage.content(channel, bytesMax);
            }
            if (head == null) {
                return null;
            }
            return end(request, head, content);
        } catch (DecoderException e) {
            throw BackendException.bad(e.getMessage());
        }
    }

    private HttpResponse begin(FullHttpRequest request) throws IOException {
        try {
            channel.write(request);
            return channel.read(HttpResponse.class);
        } catch (ClosedChannelException e) {
            return null;
        } catch (PipelineException e) {
            if (e.isPeerGone()) {
                return null;
            }
            throw e;
        }
    }

    private FullHttpResponse end(FullHttpRequest request, HttpResponse head, ByteBuf content)
            throws BackendException {
        if (content == null) {
            throw BackendException.bad("the backend has ended the connection too early");
        }
        if (head.decoderResult().isFailure()
                || head.status().codeClass() == HttpStatusClass.UNKNOWN) {
            content.release();
            throw BackendException.bad("no HTTP");
        }
        isReady = HttpUtil.isKeepAlive(head);
        return Messages.toClient(request.method(), head, content);
    }

    @Override
    boolean isReady() {
        return isReady
                && channel.channel().isActive()
                && !((DuplexChannel) channel.channel()).isInputShutdown();
    }

    @Override
    void close() {
        channel.close();
    }
}
