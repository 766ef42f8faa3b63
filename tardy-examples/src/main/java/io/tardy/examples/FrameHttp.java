package io.tardy.examples;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Frame;
import io.tardy.net.TrustedProxies;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;

/** An HTTP server with one frame for each connection, on Netty's codec. */
public final class FrameHttp extends ChannelInitializer<Channel> {

    private final Health health;
    private final TrustedProxies forwarders;

    /** With nothing before it. */
    public FrameHttp() {
        this(new Health(), HttpClientAddress.NOBODY);
    }

    /**
     * @param forwarders whose X-Forwarded-For is believed
     */
    FrameHttp(Health health, TrustedProxies forwarders) {
        this.health = health;
        this.forwarders = forwarders;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline().addLast(HttpAnswers.codec()); // an HttpServerCodec
        FrameChannel.spawn(channel, this::serve);
    }

    private void serve(FrameChannel frame) throws IOException {
        try {
            answerAll(frame);
        } catch (IOException e) {
            if (!PipelineException.meansPeerGone(e)) {
                throw e;
            }
        }
    }

    private void answerAll(FrameChannel frame) throws IOException {
        HttpAnswers answers = new HttpAnswers(health, forwarders, frame.channel());
        for (Object message;
                (message = next(frame, answers)) != null; ) { // waits; the thread serves others
            try {
                HttpResponse answer = answers.to(message);
                if (answer != null) {
                    frame.write(answer);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
            if (answers.isClosing()) {
                HttpEnd.await(frame);
                return; // the channel is closed
            }
        }
    }

    /** Returns null at the client's end, and in a drain if it has had its answers. */
    private static Object next(FrameChannel frame, HttpAnswers answers) throws IOException {
        return answers.isIdle() ? Frame.idle(null, () -> frame.read()) : frame.read();
    }
}
