package io.tardy.examples;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.tardy.netty.FrameChannel;
import java.io.IOException;

/** An HTTP server as one frame for each connection, over the codec of Netty's. */
final class FrameHttp extends ChannelInitializer<Channel> {

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new HttpServerCodec());
        FrameChannel.spawn(channel, FrameHttp::serve);
    }

    private static void serve(FrameChannel frame) throws IOException {
        for (Object message;
                (message = frame.read()) != null; ) { // waits; the thread serves others
            try {
                if (message instanceof HttpRequest request) {
                    frame.write(HttpAnswer.to(request));
                    if (HttpAnswer.isLast(request)) {
                        return; // the channel is closed once the answer is out
                    }
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
    }
}
