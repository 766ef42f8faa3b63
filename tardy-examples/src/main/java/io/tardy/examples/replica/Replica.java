package io.tardy.examples.replica;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.replica.Message.Answer;
import io.tardy.examples.replica.Message.Append;
import io.tardy.examples.replica.Message.Appended;
import io.tardy.examples.replica.Message.Get;
import io.tardy.examples.replica.Message.Put;
import io.tardy.examples.replica.Message.Vote;
import io.tardy.examples.replica.Message.Voted;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One of several servers that keep the same keys and values, and go on as long as a majority of
 * them does. What a client was told that is done, no crash takes back.
 *
 * <p>{@link Consensus} decides, {@link Journal} keeps; here are the frames that wait: one writes
 * the journal, one watches for the leader, one beats while this is it, one talks to each peer, and
 * one serves each connection. All of a replica is on one runtime. One rule holds them together:
 * nothing that was decided leaves the replica before the disk has it ({@link #settle}).
 */
public final class Replica {

    private static final Duration HEARTBEAT = Duration.ofMillis(50);

    /** Before it wants to lead: much more than a heartbeat, and not the same for two. */
    private static final int ELECTION_MILLIS_MIN = 200;

    private static final int ELECTION_MILLIS_MAX = 400;

    /** For a peer to answer, with what it has to write before. */
    private static final Duration PEER_TIMEOUT = Duration.ofMillis(400);

    private static final Duration RECONNECT = Duration.ofMillis(20);

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);
    private static final int CONNECTIONS_MAX = 1_000;

    private final int id;
    private final List<Address> replicas;
    private final Path directory;
    private final ReplicaListener listener;
    private final Flaw flaw;
    private final Change changed = new Change();
    private final Set<Socket> connections = new LinkedHashSet<>();
    private Journal journal;
    private Log log;
    private Consensus consensus;
    private ClientRequests clients;

    /**
     * @param id which of them it is: 1 for the first
     * @param replicas all of them, in the same order everywhere
     * @param directory where it keeps its journal; of this replica alone
     * @param listener hears what happens
     */
    public Replica(int id, List<Address> replicas, Path directory, ReplicaListener listener) {
        this(id, replicas, directory, listener, Flaw.NONE);
    }

    Replica(int id, List<Address> replicas, Path directory, ReplicaListener listener, Flaw flaw) {
        if (id < 1 || id > replicas.size()) {
            throw new IllegalArgumentException(
                    "replica " + id + " is none of " + replicas.size() + ": " + replicas);
        }
        this.id = id;
        this.replicas = List.copyOf(replicas);
        this.directory = directory;
        this.listener = listener;
        this.flaw = flaw;
    }

    /**
     * Serves until the frame is cancelled; to be called once, in a frame.
     *
     * @param server a socket that listens; it is closed in the end
     * @throws IOException if the journal cannot be read
     * @throws io.tardy.FrameFailedException if it cannot be written: what the disk has then, only a
     *     restart can find out
     */
    public void run(Socket server) throws IOException {
        List<byte[]> records = new ArrayList<>();
        try (server;
                Journal opened = Journal.open(directory, records, flaw)) {
            journal = opened;
            log = new Log(journal, records);
            consensus = new Consensus(id, replicas, log, listener, changed, flaw);
            clients = new ClientRequests(id, consensus, log, changed, flaw);
            try (Scope frames = Scope.open()) {
                frames.fork(this::write);
                frames.fork(this::elect);
                frames.fork(this::beat);
                for (Member peer : consensus.peers()) {
                    frames.fork(() -> talk(peer));
                }
                frames.fork(() -> server.serve(this::serve));
                frames.join();
            } finally {
                for (Socket connection : List.copyOf(connections)) {
                    connection.close(); // which ends its frame
                }
            }
        }
    }

    /** Writes what was decided to the disk: all that has come up while it wrote before, at once. */
    private void write() throws IOException {
        for (; ; ) {
            while (isSettled(journal.appendedBytes())) {
                changed.await();
            }
            long term = consensus.term();
            long index = consensus.lastIndex();
            journal.flush();
            consensus.persisted(term, index);
        }
    }

    /** Waits until the disk has all that was decided before the call. */
    private void settle() throws IOException {
        long bytes = journal.appendedBytes();
        while (!isSettled(bytes) && flaw != Flaw.UNSYNCED_ACK) {
            changed.await();
        }
    }

    private boolean isSettled(long bytes) {
        return journal.durableBytes() >= bytes;
    }

    private void elect() throws IOException {
        for (; ; ) {
            long contacts = consensus.contacts();
            Frame.delay(
                    Duration.ofMillis(
                            ThreadLocalRandom.current()
                                    .nextInt(ELECTION_MILLIS_MIN, ELECTION_MILLIS_MAX)));
            if (consensus.contacts() == contacts) {
                consensus.campaign();
            }
        }
    }

    private void beat() throws IOException {
        for (; ; ) {
            Frame.delay(HEARTBEAT);
            if (consensus.leads(consensus.term())) {
                consensus.beat();
            }
        }
    }

    /** Asks a peer whatever there is to ask, over a connection that is made anew if it fails. */
    private void talk(Member peer) throws IOException {
        for (; ; ) {
            awaitRequestFor(peer);
            try (Connection connection =
                    Deadline.callWithin(PEER_TIMEOUT, () -> Connection.to(peer.address))) {
                for (; ; ) {
                    ask(peer, connection);
                }
            } catch (CancelledException e) {
                throw e;
            } catch (IOException e) { // of this connection: the next may do better
                Frame.delay(RECONNECT);
            }
        }
    }

    private void awaitRequestFor(Member peer) throws IOException {
        while (!consensus.hasRequestFor(peer)) {
            changed.await();
        }
    }

    private void ask(Member peer, Connection connection) throws IOException {
        awaitRequestFor(peer);
        Message request = consensus.requestFor(peer);
        settle();
        Message answer = Deadline.callWithin(PEER_TIMEOUT, () -> connection.ask(request));
        if (request instanceof Vote vote && answer instanceof Voted voted) {
            consensus.answered(peer, vote, voted);
        } else if (request instanceof Append append && answer instanceof Appended appended) {
            consensus.answered(peer, append, appended);
        } else {
            throw new ProtocolException(answer + " does not answer " + request);
        }
    }

    private void serve(Socket socket) throws IOException {
        if (connections.size() == CONNECTIONS_MAX) {
            return; // closed at once: the client tries another replica
        }
        connections.add(socket);
        try {
            Connection connection = new Connection(socket);
            for (Message request; (request = receive(connection)) != null; ) {
                Message asked = request;
                Deadline.within(IDLE_TIMEOUT, () -> connection.send(answer(asked)));
            }
        } finally {
            connections.remove(socket);
        }
    }

    private static Message receive(Connection connection) throws IOException {
        try {
            return Deadline.callWithin(IDLE_TIMEOUT, connection::receive);
        } catch (DeadlineExceededException e) {
            return null; // as if it had ended: a peer that has more to say connects again
        }
    }

    private Message answer(Message request) throws IOException {
        switch (request) {
            case Vote vote -> {
                Voted voted = consensus.answer(vote);
                settle();
                return voted;
            }
            case Append append -> {
                Appended appended = consensus.answer(append);
                settle();
                return appended;
            }
            case Put put -> {
                return clients.answer(put);
            }
            case Get get -> {
                return clients.answer(get);
            }
            case Voted e -> throw unexpected(e);
            case Appended e -> throw unexpected(e);
            case Answer e -> throw unexpected(e);
        }
    }

    private static ProtocolException unexpected(Message answer) {
        return new ProtocolException(answer + " answers nothing");
    }
}
