package io.tardy.examples.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.examples.Health;
import io.tardy.examples.HttpEnd;
import io.tardy.examples.HttpHead;
import io.tardy.examples.HttpHead.RefusedException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** One client of a {@link Gateway}: its requests are answered in order, one after the other. */
final class GatewayConnection {

    /** For the client to read an answer. */
    private static final Duration IDLE_TIMEOUT = ClientInput.IDLE_TIMEOUT;

    private final Socket client;
    private final Backend backend;
    private final Health health;
    private final ClientInput in;

    GatewayConnection(Socket client, Backend backend, Health health) {
        this.client = client;
        this.backend = backend;
        this.health = health;
        this.in = new ClientInput(client, health);
    }

    void serve() throws IOException {
        try {
            serveAll();
        } catch (TardyIOException e) {
            if (!isClientGone(e)) {
                throw e;
            }
        }
    }

    private void serveAll() throws IOException {
        try {
            HttpHead request;
            do {
                request = in.next();
            } while (request != null && answer(request));
        } catch (RefusedException e) {
            refuse(e.status());
        }
    }

    /** Returns false if no other request can follow. */
    private boolean answer(HttpHead request) throws IOException, RefusedException {
        Health.Answer told = request.bodyBytes() > 0 ? null : health.answerTo(request.target());
        if (told == null) {
            return answerAsked(request);
        }
        send(bytes(message(told, request)));
        if (request.isLast()) {
            HttpEnd.await(client);
        }
        return !request.isLast();
    }

    private static String message(Health.Answer told, HttpHead request) {
        String connection = request.connection().isEmpty() ? "" : "connection: ";
        return "HTTP/1.1 "
                + told.status()
                + "\r\ncontent-type: text/plain\r\ncontent-length: "
                + told.text().length()
                + "\r\n"
                + (connection.isEmpty() ? "" : connection + request.connection() + "\r\n")
                + "\r\n"
                + (request.isHead() ? "" : told.text());
    }

    private boolean answerAsked(HttpHead request) throws IOException, RefusedException {
        if (request.bodyBytes() > backend.limits().requestBytesMax()) {
            throw new RefusedException("413 Content Too Large");
        }
        try (Exchange exchange = new Exchange(backend, request)) {
            if (!receiveBody(request, exchange) || !ask(exchange)) {
                return false; // the client has gone
            }
            ByteBuffer answer = exchange.answer();
            send(answer);
        }
        if (request.isLast()) {
            HttpEnd.await(client);
        }
        return !request.isLast();
    }

    private boolean receiveBody(HttpHead request, Exchange exchange) throws IOException {
        if (request.expectsToContinue()) {
            send(bytes("HTTP/1.1 100 Continue\r\n\r\n"));
        }
        return in.passBody(request.bodyBytes(), exchange);
    }

    /** Returns false if the client has gone before the backend has answered. */
    private boolean ask(Exchange exchange) throws IOException {
        Limits limits = backend.limits();
        if (!exchange.begin()) {
            return askWatching(exchange, limits.timeout()); // it waits for a connection first
        }
        try {
            Deadline.within(limits.patience(), exchange::run);
            return true;
        } catch (DeadlineExceededException e) {
            return askWatching(exchange, limits.timeout().minus(limits.patience()));
        }
    }

    /** Most answers come so soon that it is not worth a second frame to see the client leave. */
    private boolean askWatching(Exchange exchange, Duration left) throws IOException {
        try (Scope scope = Scope.open()) {
            Frame<Boolean> asking = scope.forkCall(() -> askInTime(exchange, left));
            Frame<Boolean> watching = scope.forkCall(this::seeLeave);
            return Frame.joinAny(List.of(asking, watching)).join();
        }
    }

    private static boolean askInTime(Exchange exchange, Duration left) throws IOException {
        try {
            Deadline.within(left, exchange::run);
        } catch (DeadlineExceededException e) {
            exchange.fail(HttpResponseStatus.GATEWAY_TIMEOUT);
        }
        return true;
    }

    /** Returns false once the client has gone, or a while after it has ended its direction. */
    private boolean seeLeave() throws IOException {
        try {
            while (!in.isFull()) {
                if (in.receive() < 0) {
                    Frame.delay(backend.limits().patience());
                    return false;
                }
            }
        } catch (TardyIOException e) {
            if (!isClientGone(e)) {
                throw e;
            }
            return false;
        }
        Frame.delay(IDLE_TIMEOUT); // it has sent so much ahead that its end cannot be seen
        return false;
    }

    private void send(ByteBuffer answer) throws IOException {
        Deadline.within(IDLE_TIMEOUT, () -> client.sendAll(answer));
    }

    private void refuse(String status) throws IOException {
        send(bytes("HTTP/1.1 " + status + "\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
        HttpEnd.await(client);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** That is no failure of ours, and worth no line in the log. */
    private static boolean isClientGone(TardyIOException e) {
        return e instanceof DeadlineExceededException
                || e.error() == RecvError.CONNECTION_RESET_BY_PEER
                || e.error() == SendError.CONNECTION_RESET_BY_PEER
                || e.error() == SendError.BROKEN_PIPE
                || e.error() == RecvError.CONNECTION_TIMED_OUT;
    }
}
