package io.tardy.examples.replica;

import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.replica.Message.Answer;
import io.tardy.examples.replica.Message.Get;
import io.tardy.examples.replica.Message.Outcome;
import io.tardy.examples.replica.Message.Put;
import java.io.IOException;
import java.time.Duration;

/** What clients ask of a replica: each request waits in the frame of its connection. */
final class ClientRequests {

    /** For a request to be committed, or confirmed. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final long JOURNAL_BYTES_MAX = 256L << 20;

    private final int id;
    private final Consensus consensus;
    private final Log log;
    private final Change changed;
    private final Flaw flaw;

    ClientRequests(int id, Consensus consensus, Log log, Change changed, Flaw flaw) {
        this.id = id;
        this.consensus = consensus;
        this.log = log;
        this.changed = changed;
        this.flaw = flaw;
    }

    /** A write is done when a majority has it on their disks. */
    Answer answer(Put put) throws IOException {
        return inTime(() -> put(put));
    }

    /** A read sees all that was done before it was asked, for it asks a majority who leads. */
    Answer answer(Get get) throws IOException {
        return inTime(() -> get(get));
    }

    private interface Request {
        Answer answer() throws IOException;
    }

    private Answer inTime(Request request) throws IOException {
        try {
            return Deadline.callWithin(TIMEOUT, request::answer);
        } catch (DeadlineExceededException e) {
            return new Answer(Outcome.LATE, 0, null);
        }
    }

    private Answer put(Put put) throws IOException {
        long term = consensus.term();
        if (!consensus.leads(term)) {
            return notLeader();
        } else if (log.bytes() > JOURNAL_BYTES_MAX) {
            return new Answer(Outcome.FULL, 0, null);
        }
        long index = consensus.propose(put.client(), put.sequence(), put.key(), put.value());
        while (!consensus.isCommitted(index, term)) {
            if (!consensus.leads(term)) {
                return notLeader();
            }
            changed.await();
        }
        return new Answer(Outcome.DONE, id, null);
    }

    private Answer get(Get get) throws IOException {
        long term = consensus.term();
        if (!consensus.leads(term)) {
            return notLeader();
        }
        long round = consensus.beat();
        while (!consensus.isConfirmed(round) && flaw != Flaw.STALE_READ) {
            changed.await();
            if (!consensus.leads(term)) {
                return notLeader();
            }
        }
        return new Answer(Outcome.DONE, id, consensus.store().get(get.key()));
    }

    private Answer notLeader() {
        return new Answer(Outcome.NOT_LEADER, consensus.leader(), null);
    }
}
