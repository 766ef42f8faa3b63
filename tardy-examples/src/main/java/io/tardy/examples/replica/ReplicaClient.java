package io.tardy.examples.replica;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.replica.Message.Answer;
import io.tardy.examples.replica.Message.Get;
import io.tardy.examples.replica.Message.Outcome;
import io.tardy.examples.replica.Message.Put;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reads and writes keys. Asks one replica after the other until one has an answer; a write that is
 * repeated is done once. For one frame, which does one thing after the other.
 */
public final class ReplicaClient implements AutoCloseable {

    /** The most characters of a key, and of a value. */
    public static final int TEXT_CHARS_MAX = 10_000;

    private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(1_500);
    private static final Duration RETRY = Duration.ofMillis(30);

    private final List<Address> replicas;
    private final Duration patience;
    private final long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private long sequence;
    private int replica;
    private Connection connection;

    /** Why the last replica gave no answer, or null. */
    private IOException failure;

    /**
     * @param replicas all of them
     * @param patience for how long it tries
     */
    public ReplicaClient(List<Address> replicas, Duration patience) {
        this.replicas = List.copyOf(replicas);
        this.patience = patience;
        this.replica = ThreadLocalRandom.current().nextInt(replicas.size());
    }

    /** The number that its writes have in the log. */
    public long id() {
        return id;
    }

    /** The number of its last write. */
    long sequence() {
        return sequence;
    }

    /**
     * Writes. When this returns, it is done, and stays so.
     *
     * @throws io.tardy.aio.DeadlineExceededException if the patience is over; whether it was, or
     *     will be, written is not known
     * @throws IOException if the replicas have no room for further writes
     */
    public void put(String key, String value) throws IOException {
        require(key);
        require(value);
        sequence++;
        ask(new Put(id, sequence, key, value));
    }

    /**
     * Reads what was written last, or null.
     *
     * @throws io.tardy.aio.DeadlineExceededException if the patience is over
     */
    public String get(String key) throws IOException {
        require(key);
        return ask(new Get(key)).value();
    }

    private static void require(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "a key or value of "
                            + text.length()
                            + " characters is too long: at most "
                            + TEXT_CHARS_MAX);
        }
    }

    private Answer ask(Message request) throws IOException {
        failure = null;
        try {
            return Deadline.callWithin(patience, () -> askUntilDone(request));
        } catch (DeadlineExceededException e) {
            if (failure != null) {
                e.addSuppressed(failure);
            }
            throw e;
        }
    }

    private Answer askUntilDone(Message request) throws IOException {
        for (; ; ) {
            Answer answer = tryToAsk(request);
            if (answer.outcome() == Outcome.DONE) {
                return answer;
            } else if (answer.outcome() == Outcome.FULL) {
                throw new IOException("the replicas have no room for further writes");
            }
            turnTo(answer.leader());
            Frame.delay(RETRY);
        }
    }

    /** What the replica answers that it asks now; LATE if that cannot be had. */
    private Answer tryToAsk(Message request) throws IOException {
        try {
            return Deadline.callWithin(
                    ANSWER_TIMEOUT,
                    () -> {
                        if (connection == null) {
                            connection = Connection.to(replicas.get(replica));
                        }
                        if (connection.ask(request) instanceof Answer answer) {
                            return answer;
                        }
                        throw new ProtocolException("no answer to a client");
                    });
        } catch (CancelledException e) { // the patience is over, or the frame is to end
            close(); // or the answer would be taken for that to the next request
            throw e;
        } catch (IOException e) {
            failure = e;
            return new Answer(Outcome.LATE, 0, null);
        }
    }

    /** Asks this replica next, or the one after the last if 0. */
    private void turnTo(int leader) throws IOException {
        close();
        boolean isKnown = leader >= 1 && leader <= replicas.size();
        replica = isKnown ? leader - 1 : (replica + 1) % replicas.size();
    }

    /** Closes its connection; the next request makes another. */
    @Override
    public void close() throws IOException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
