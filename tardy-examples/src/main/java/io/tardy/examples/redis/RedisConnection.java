package io.tardy.examples.redis;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.examples.HttpEnd;
import io.tardy.net.Socket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** One connection: does what has arrived, and sends the replies together, when they may be sent. */
final class RedisConnection {

    private static final System.Logger LOG = System.getLogger(RedisConnection.class.getName());

    /** For more of a request that has begun, for the disk, and for the peer to take its replies. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** With so many bytes of replies, they are sent before the next request is looked at. */
    private static final int BATCH_BYTES = 256 << 10;

    /** What has arrived together may be much work: the others are not to wait longer than so. */
    private static final long TURN_NANOS = 5_000_000;

    private final RedisServer server;
    private final Socket peer;
    private final RequestParser parser = new RequestParser();
    private final RespWriter replies = new RespWriter();
    private Subscriber subscriber; // null until it subscribes
    private boolean isSending; // whether the subscriber's frame does
    private boolean isLast;
    private boolean isCutShort; // more may be on its way
    private long held;

    RedisConnection(RedisServer server, Socket peer) {
        this.server = server;
        this.peer = peer;
    }

    void serve() throws IOException {
        try {
            converseWithin();
        } catch (IOException e) {
            IOException first = subscriber == null ? null : subscriber.failure();
            if (!isGone(e) && (first == null || !isGone(first))) {
                throw first == null ? e : first;
            }
        } finally {
            server.budget().giveBack(held);
            if (subscriber != null) {
                subscriber.release();
            }
        }
    }

    /** Within the memory that there is. */
    private void converseWithin() throws IOException {
        try {
            converse();
            if (subscriber != null && !isLast) {
                converseSubscribed();
            }
            if (isCutShort) {
                HttpEnd.await(peer); // so that it sees what was sent last
            }
        } catch (Budget.ExhaustedException e) {
            refuse(e.getMessage());
        }
    }

    /** Until its end, or until it has subscribed. */
    private void converse() throws IOException {
        boolean wasSending = isSending;
        ByteBuffer in;
        while (!isLast && (subscriber != null) == wasSending && (in = receive()) != null) {
            answerAll(in);
        }
    }

    /** A frame sends what others publish, while this one goes on as before. */
    private void converseSubscribed() throws IOException {
        try (Scope scope = Scope.open()) {
            isSending = true;
            subscriber.sentBy(scope.fork(() -> subscriber.sendAll(this::sendDurable)));
            converse();
            subscriber.close();
            scope.join();
        }
    }

    /** Returns null at the peer's end, and in a drain between two requests. */
    private ByteBuffer receive() throws IOException {
        if (parser.isBetweenRequests()) {
            return Frame.idle(null, () -> peer.recvNext());
        }
        try {
            return peer.recvNext(PATIENCE);
        } catch (DeadlineExceededException e) {
            endWith("ERR the rest of a request has not come in " + PATIENCE.toSeconds() + " s");
            return null;
        }
    }

    private void answerAll(ByteBuffer in) throws IOException {
        try {
            long began = System.nanoTime();
            List<String> request;
            while (!isLast && (request = parser.next(in)) != null) {
                boolean isLong = System.nanoTime() - began > TURN_NANOS;
                if (isLong || replies.size() > BATCH_BYTES || server.isLogFull()) {
                    send();
                    giveWay();
                    began = System.nanoTime();
                }
                answer(request);
            }
        } catch (ProtocolException e) {
            endWith(e.getMessage());
            return;
        }
        hold(parser.heldBytes());
        send();
        if (TardyRuntime.current().isDraining() && parser.isBetweenRequests()) {
            isLast = true;
            isCutShort = true;
        }
    }

    /** Others have their turn, and the disk, if it is behind. */
    private void giveWay() throws IOException {
        Frame.yield();
        Deadline.within(PATIENCE, server::awaitRoom);
    }

    private void answer(List<String> request) {
        String name = request.get(0).toUpperCase(Locale.ROOT);
        replies.begin();
        try {
            if (subscriptions() > 0) {
                requireForSubscribers(name);
            }
            if (!server.database().execute(name, request, replies) && !execute(name, request)) {
                throw new CommandException("ERR unknown command '" + request.get(0) + "'");
            }
        } catch (CommandException e) {
            replies.takeBack();
            replies.error(e.getMessage());
        }
    }

    /** Sends why, and nothing after it. */
    private void endWith(String reason) throws IOException {
        replies.error(reason);
        send();
        isLast = true;
        isCutShort = true;
    }

    private void refuse(String reason) throws IOException {
        LOG.log(Level.WARNING, "{0}: {1}", peer, reason);
        if (!isSending) {
            replies.take();
            replies.error(reason);
            sendDurable(replies.take());
            HttpEnd.await(peer);
        }
    }

    /** Counts what the connection takes, which is this now. */
    private void hold(long bytes) throws Budget.ExhaustedException {
        server.budget().hold(bytes - held);
        held = bytes;
    }

    private void send() throws IOException {
        if (replies.size() == 0) {
            return;
        }
        if (isSending) {
            byte[] bytes = replies.takeBytes();
            Deadline.within(PATIENCE, () -> subscriber.reply(bytes));
            return;
        }
        long before = held;
        hold(before + replies.size());
        sendDurable(replies.take());
        hold(before);
    }

    /** What is sent may tell of changes, of this connection's or of others'. */
    private void sendDurable(ByteBuffer bytes) throws IOException {
        Deadline.within(
                PATIENCE,
                () -> {
                    server.awaitDurable();
                    peer.sendAll(bytes);
                });
    }

    /** Commands that change no data; returns whether there is such a command. */
    private boolean execute(String name, List<String> request) throws CommandException {
        switch (name) {
            case "PING" -> ping(request);
            case "SUBSCRIBE" -> {
                Database.requireCount(request, 2, Integer.MAX_VALUE);
                for (String channel : request.subList(1, request.size())) {
                    replies.begin(); // a refusal takes back this one only
                    subscriber().subscribe(channel);
                    confirm("subscribe", channel);
                }
            }
            case "UNSUBSCRIBE" -> {
                List<String> named = request.subList(1, request.size());
                named = named.isEmpty() ? subscriber().names() : named;
                for (String channel : named) {
                    subscriber().unsubscribe(channel);
                    confirm("unsubscribe", channel);
                }
                if (named.isEmpty()) {
                    confirm("unsubscribe", null);
                }
            }
            case "PUBLISH" -> {
                Database.requireCount(request, 3, 3);
                Database.requireName(request.get(1));
                replies.integer(server.topics().publish(request.get(1), request.get(2)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void ping(List<String> request) throws CommandException {
        Database.requireCount(request, 1, 2);
        if (subscriptions() > 0) {
            replies.request(List.of("pong", request.size() == 2 ? request.get(1) : ""));
        } else if (request.size() == 2) {
            replies.string(request.get(1));
        } else {
            replies.simple("PONG");
        }
    }

    private void confirm(String what, String channel) throws CommandException {
        replies.array(3);
        replies.string(what);
        replies.string(channel);
        replies.integer(subscriptions());
    }

    /** Where messages come, nobody could tell another reply from them. */
    private static void requireForSubscribers(String name) throws CommandException {
        if (!List.of("SUBSCRIBE", "UNSUBSCRIBE", "PING").contains(name)) {
            throw new CommandException(
                    "ERR whoever has subscribed may only subscribe, unsubscribe and PING");
        }
    }

    /** Made when it subscribes for the first time. */
    private Subscriber subscriber() {
        if (subscriber == null) {
            subscriber = new Subscriber(server.topics(), peer, server.budget());
        }
        return subscriber;
    }

    private int subscriptions() {
        return subscriber == null ? 0 : subscriber.count();
    }

    /** That is no failure of ours, and worth no line in the log. */
    private static boolean isGone(IOException failure) {
        return failure instanceof DeadlineExceededException
                || failure instanceof AppendLog.LostException
                || failure instanceof Subscriber.CutException
                || failure instanceof TardyIOException e && isGone(e);
    }

    private static boolean isGone(TardyIOException e) {
        return e.error() == RecvError.CONNECTION_RESET_BY_PEER
                || e.error() == RecvError.CONNECTION_TIMED_OUT
                || e.error() == SendError.CONNECTION_RESET_BY_PEER
                || e.error() == SendError.BROKEN_PIPE;
    }
}
