package io.tardy.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.pool.ChannelPool;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NettyCallTest {

    /** Takes nothing that is written, and tells so when the connection is closed, as Netty does. */
    private static final class Stalled extends ChannelOutboundHandlerAdapter {

        private ChannelPromise written;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            written = promise;
        }

        @Override
        public void close(ChannelHandlerContext context, ChannelPromise promise) {
            written.tryFailure(new ClosedChannelException());
            context.close(promise);
        }
    }

    private static final class OneConnection implements ChannelPool {

        private final EmbeddedChannel channel = new EmbeddedChannel(new Stalled());
        private final List<Boolean> released = new ArrayList<>(); // whether they were open
        private int acquired;

        @Override
        public Future<Channel> acquire() {
            return acquire(ImmediateEventExecutor.INSTANCE.newPromise());
        }

        @Override
        public Future<Channel> acquire(Promise<Channel> promise) {
            acquired++;
            return promise.setSuccess(channel);
        }

        @Override
        public Future<Void> release(Channel returned) {
            return release(returned, ImmediateEventExecutor.INSTANCE.newPromise());
        }

        @Override
        public Future<Void> release(Channel returned, Promise<Void> promise) {
            released.add(returned.isOpen());
            return promise.setSuccess(null);
        }

        @Override
        public void close() {}
    }

    /** Else the pool would give others a connection on which this call is still under way. */
    @Test
    void aConnectionWithAWriteUnderWayIsGivenBackOnceAndClosed() {
        OneConnection pool = new OneConnection();
        FullHttpRequest request =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1, HttpMethod.PUT, "/", Unpooled.buffer(1).writeByte(1));
        NettyCall call =
                new NettyCall(
                        null, pool.channel.eventLoop(), pool, Limits.DEFAULT, "localhost", request);
        call.begin(null);
        call.giveUp();
        assertThat(pool.released).containsExactly(false);
        assertThat(pool.acquired).isEqualTo(1);
        assertThat(pool.channel.attr(NettyCall.IN_PROGRESS).get()).isNull();
        assertThat(request.refCnt()).isZero();
    }
}
