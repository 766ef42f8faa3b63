package io.tardy.examples.gateway;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.pool.ChannelPool;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A request of a {@link NettyClient} and what becomes of it. Each method runs on the client's loop,
 * which is also that of the connection to the backend.
 */
final class NettyCall {

    /** Of a connection to the backend. */
    static final AttributeKey<NettyCall> IN_PROGRESS =
            AttributeKey.valueOf(NettyCall.class, "call");

    private static final AttributeKey<Boolean> KEPT = AttributeKey.valueOf(NettyCall.class, "kept");

    private final NettyClient client;
    private final EventLoop loop;
    private final ChannelPool pool;
    private final Limits limits;
    private final String host;
    private final FullHttpRequest request;
    private AsciiString connection;
    private Channel backend;
    private Future<?> timeout;
    private boolean isRepeated;
    private boolean isOver;

    /**
     * @param request released by the call
     */
    NettyCall(
            NettyClient client,
            EventLoop loop,
            ChannelPool pool,
            Limits limits,
            String host,
            FullHttpRequest request) {
        this.client = client;
        this.loop = loop;
        this.pool = pool;
        this.limits = limits;
        this.host = host;
        this.request = request;
    }

    /**
     * @param answers the Connection of the answer, or null
     */
    void begin(AsciiString answers) {
        connection = answers;
        timeout =
                loop.schedule(
                        () -> fail(HttpResponseStatus.GATEWAY_TIMEOUT),
                        limits.timeout().toNanos(),
                        TimeUnit.NANOSECONDS);
        acquire();
    }

    private void acquire() {
        pool.acquire().addListener((Future<Channel> acquired) -> acquired(acquired));
    }

    private void acquired(Future<Channel> acquired) {
        if (isOver) {
            if (acquired.isSuccess()) {
                pool.release(acquired.getNow());
            }
        } else if (acquired.isSuccess()) {
            ask(acquired.getNow());
        } else {
            fail(statusOf(acquired.cause()));
        }
    }

    private void ask(Channel channel) {
        backend = channel;
        channel.attr(IN_PROGRESS).set(this);
        channel.writeAndFlush(
                        Messages.toBackend(host, request, request.content().retainedDuplicate()))
                .addListener(
                        written -> {
                            if (!written.isSuccess() && backend == channel) {
                                ended();
                            }
                        });
    }

    /** The connection has ended, and there is no answer. */
    void ended() {
        if (isOver || backend == null) {
            return;
        }
        boolean wasKept = backend.attr(KEPT).get() != null;
        drop();
        if (wasKept && !isRepeated && BackendException.mayAskTwice(request.method())) {
            isRepeated = true;
            acquire();
        } else {
            fail(HttpResponseStatus.BAD_GATEWAY);
        }
    }

    void answered(FullHttpResponse answer) {
        if (answer.decoderResult().isFailure()) {
            answer.release();
            fail(HttpResponseStatus.BAD_GATEWAY);
            return;
        }
        if (HttpUtil.isKeepAlive(answer)) {
            backend.attr(KEPT).set(true);
            release();
        } else {
            drop();
        }
        end(Messages.toClient(request.method(), answer, answer.content()));
    }

    /** Netty's pool throws this if too many wait. */
    private static HttpResponseStatus statusOf(Throwable failure) {
        return failure instanceof IllegalStateException
                ? HttpResponseStatus.SERVICE_UNAVAILABLE
                : BackendException.statusOf(failure);
    }

    private void fail(HttpResponseStatus status) {
        if (!isOver) {
            drop();
            end(Messages.toClient(status));
        }
    }

    private void end(FullHttpResponse answer) {
        finish();
        client.answer(answer, connection);
    }

    private void finish() {
        isOver = true;
        timeout.cancel(false);
        request.release();
    }

    void giveUp() {
        drop();
        finish();
    }

    /**
     * Gives it back when it is closed, and not before: until then the pool might take it for a
     * connection that others may use. What ends with it has no call any more.
     */
    private void drop() {
        if (backend != null) {
            Channel used = leave();
            used.close().addListener(closed -> pool.release(used));
        }
    }

    private void release() {
        pool.release(leave());
    }

    private Channel leave() {
        Channel used = backend;
        backend = null;
        used.attr(IN_PROGRESS).set(null);
        return used;
    }
}
