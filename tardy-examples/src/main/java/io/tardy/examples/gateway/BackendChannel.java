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
import io.netty.util.ReferenceCountUtil;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;

/** A connection to the backend, on Netty's codec. */
final class BackendChannel extends PooledConnection {

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
            while (head != null) {
                requireHttp(head);
                if (Messages.lengthOf(request.method(), head) > bytesMax) {
                    throw BackendException.bad("too long");
                }
                ByteBuf content = WholeMessage.content(channel, bytesMax);
                if (content == null) {
                    throw BackendException.bad("the backend has ended in the middle of an answer");
                }
                if (head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
                    isReady = HttpUtil.isKeepAlive(head);
                    return Messages.toClient(request.method(), head, content);
                }
                content.release();
                head = channel.read(HttpResponse.class); // the one that counts
            }
            return null;
        } catch (DecoderException e) {
            throw BackendException.bad(e.getMessage());
        }
    }

    /** What cannot be decoded comes as one message without parts. */
    private static void requireHttp(HttpResponse head) throws BackendException {
        if (head.decoderResult().isFailure()) {
            ReferenceCountUtil.release(head);
            throw BackendException.bad("no HTTP: " + head.decoderResult().cause());
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
