package io.tardy.examples.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.util.AsciiString;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.Health;
import io.tardy.examples.HttpAnswers;
import io.tardy.examples.HttpEnd;
import io.tardy.examples.HttpRefusal;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.time.Duration;

/** One client of a {@link FrameGateway}: its requests are answered in order. */
final class FrameConnection {

    /** For the next message, and for the client to read an answer. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    private final FrameChannel client;
    private final Pool<BackendChannel> pool;
    private final Limits limits;
    private final String host;
    private final Health health;
    private boolean hasAnswered; // so that the next request may come, or not

    FrameConnection(
            FrameChannel client,
            Pool<BackendChannel> pool,
            Limits limits,
            String host,
            Health health) {
        this.client = client;
        this.pool = pool;
        this.limits = limits;
        this.host = host;
        this.health = health;
    }

    void serve() throws IOException {
        try {
            boolean goesOn = true;
            while (goesOn) {
                HttpRequest request = next();
                goesOn = request != null && answer(request);
            }
        } catch (DeadlineExceededException e) {
            client.close(); // it says nothing, or does not read what it is told
        } catch (PipelineException e) {
            if (!e.isPeerGone()) {
                throw e;
            }
        }
    }

    /** Returns null at the client's end, and in a drain if it has had its answers. */
    private HttpRequest next() throws IOException {
        return hasAnswered ? Frame.idle(null, this::nextInTime) : nextInTime();
    }

    private HttpRequest nextInTime() throws IOException {
        return Deadline.callWithin(IDLE_TIMEOUT, () -> client.read(HttpRequest.class));
    }

    /** Returns false if no other request can follow. */
    private boolean answer(HttpRequest request) throws IOException {
        FullHttpResponse answer = answerTo(request);
        if (answer == null) {
            return false; // the client has gone
        }
        AsciiString connection =
                answer.headers().contains(HttpHeaderNames.CONNECTION)
                        ? HttpHeaderValues.CLOSE // it is refused
                        : HttpAnswers.connection(request, health);
        if (connection != null) {
            answer.headers().set(HttpHeaderNames.CONNECTION, connection);
        }
        Deadline.within(IDLE_TIMEOUT, () -> client.write(answer));
        hasAnswered = true;
        if (connection == HttpHeaderValues.CLOSE) {
            Deadline.within(IDLE_TIMEOUT, () -> HttpEnd.await(client));
        }
        return connection != HttpHeaderValues.CLOSE;
    }

    private FullHttpResponse answerTo(HttpRequest request) throws IOException {
        HttpResponseStatus refusal = HttpRefusal.of(request);
        if (refusal != null) {
            return refuse(refusal);
        }
        if (HttpUtil.is100ContinueExpected(request)) {
            client.write(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.CONTINUE,
                            Unpooled.EMPTY_BUFFER));
        }
        ByteBuf body;
        try {
            body =
                    Deadline.callWithin(
                            IDLE_TIMEOUT,
                            () -> WholeMessage.content(client, limits.requestBytesMax()));
        } catch (TooLongHttpContentException e) {
            return refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        } catch (DecoderException e) {
            return refuse(HttpResponseStatus.BAD_REQUEST);
        }
        if (body == null) {
            return null;
        }
        Health.Answer told = health.answerTo(request.uri());
        try {
            return told == null ? ask(request, body) : Messages.toClient(told);
        } finally {
            body.release();
        }
    }

    private static FullHttpResponse refuse(HttpResponseStatus status) {
        FullHttpResponse refusal = Messages.toClient(status);
        refusal.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return refusal;
    }

    private FullHttpResponse ask(HttpRequest request, ByteBuf body) throws IOException {
        try {
            return Deadline.callWithin(limits.timeout(), () -> askBackend(request, body));
        } catch (CancelledException e) {
            throw e; // the client has gone
        } catch (IOException e) {
            return Messages.toClient(BackendException.statusOf(e));
        }
    }

    /**
     * A connection that was kept may have been closed when the request came. Then it is sent once
     * more, on a new one, if it may be done twice and nothing of an answer has come.
     */
    private FullHttpResponse askBackend(HttpRequest request, ByteBuf body) throws IOException {
        BackendChannel backend = pool.take();
        try {
            FullHttpResponse answer = askOnce(backend, request, body);
            if (answer == null
                    && backend.isKept()
                    && BackendException.mayAskTwice(request.method())) {
                BackendChannel stale = backend;
                backend = null;
                backend = pool.replace(stale);
                answer = askOnce(backend, request, body);
            }
            if (answer == null) {
                throw BackendException.bad("no answer");
            }
            return answer;
        } finally {
            if (backend != null) {
                pool.giveBack(backend);
            }
        }
    }

    private FullHttpResponse askOnce(BackendChannel backend, HttpRequest request, ByteBuf body)
            throws IOException {
        return backend.ask(
                Messages.toBackend(host, request, body.retainedDuplicate()),
                limits.answerBytesMax());
    }
}
