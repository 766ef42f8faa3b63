package io.tardy.examples.replica;

import io.tardy.examples.replica.Message.Append;
import io.tardy.examples.replica.Message.Appended;
import io.tardy.examples.replica.Message.Vote;
import io.tardy.examples.replica.Message.Voted;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a replica decides: Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus
 * Algorithm", USENIX ATC 2014), without changes of membership and without snapshots.
 *
 * <p>Nothing here waits. So each decision is one step, whatever the frames of the replica do at the
 * same time, and needs no lock. What was decided may be told to others once the log that it stands
 * on is durable: that is the business of {@link Replica}.
 */
final class Consensus {

    enum Role {
        FOLLOWER,
        CANDIDATE,
        LEADER
    }

    private final Log log;
    private final List<Member> members = new ArrayList<>();
    private final Member self;
    private final ReplicaListener listener;
    private final Store store;
    private final Change changed;
    private final Flaw flaw;

    private Role role = Role.FOLLOWER;

    /** Who leads the term, or 0. */
    private int leader;

    /** Up to where a majority has the log, and the store has what it says. */
    private long commit;

    /** Counts what makes it wait longer before it wants to lead itself. */
    private long contacts;

    /** Counts the times at which a leader asks all others whether it leads. */
    private long round;

    Consensus(
            int id,
            List<Address> replicas,
            Log log,
            ReplicaListener listener,
            Change changed,
            Flaw flaw) {
        for (int i = 1; i <= replicas.size(); i++) {
            members.add(new Member(i, replicas.get(i - 1)));
        }
        this.self = members.get(id - 1);
        self.confirmedRound = Long.MAX_VALUE;
        this.log = log;
        this.listener = listener;
        this.changed = changed;
        this.flaw = flaw;
        this.store = new Store(flaw);
    }

    List<Member> peers() {
        return members.stream().filter(member -> member != self).toList();
    }

    long term() {
        return log.term();
    }

    int leader() {
        return leader;
    }

    long lastIndex() {
        return log.lastIndex();
    }

    long contacts() {
        return contacts;
    }

    Store store() {
        return store;
    }

    // Elections

    /** No leader has been heard of: it wants to be the one of the next term. */
    void campaign() {
        if (role == Role.LEADER) {
            return;
        }
        log.vote(log.term() + 1, self.id);
        role = Role.CANDIDATE;
        leader = 0;
        changed.happened();
    }

    Voted answer(Vote ask) {
        observe(ask.term());
        boolean isFree =
                log.vote() == 0 || log.vote() == ask.candidate() || flaw == Flaw.TWO_LEADERS;
        if (ask.term() < log.term() || !isFree || !isUpToDate(ask)) {
            return new Voted(log.term(), false);
        }
        if (log.vote() == 0) {
            log.vote(log.term(), ask.candidate());
            changed.happened();
        }
        contacts++;
        return new Voted(log.term(), true);
    }

    /** Whether the candidate has all that may be committed: then its log ends no earlier. */
    private boolean isUpToDate(Vote ask) {
        return ask.lastTerm() > log.lastTerm()
                || ask.lastTerm() == log.lastTerm() && ask.lastIndex() >= log.lastIndex()
                || flaw == Flaw.VOTE_FOR_SHORT_LOG;
    }

    /** Whoever hears of a newer term belongs to it, and follows. */
    private void observe(long term) {
        if (term > log.term()) {
            log.vote(term, 0);
            role = Role.FOLLOWER;
            leader = 0;
            changed.happened();
        }
    }

    void answered(Member peer, Vote ask, Voted answer) {
        observe(answer.term());
        if (role != Role.CANDIDATE || ask.term() != log.term()) {
            return;
        }
        peer.answeredTerm = ask.term();
        if (answer.isGranted()) {
            grant(peer);
        }
    }

    private void grant(Member voter) {
        voter.grantedTerm = log.term();
        long votes = members.stream().filter(m -> m.grantedTerm == log.term()).count();
        if (votes >= quorum()) {
            lead();
        }
    }

    private int quorum() {
        return members.size() / 2 + 1;
    }

    /** An entry of its own term lets it commit those of earlier ones (section 5.4.2). */
    private void lead() {
        role = Role.LEADER;
        leader = self.id;
        for (Member member : members) {
            member.next = log.lastIndex() + 1;
            member.match = 0;
        }
        listener.leads(log.term());
        log.put(log.lastIndex() + 1, Entry.nothing(log.term()));
        beat();
    }

    // Replication

    /** Whether there is something to ask of a peer now. */
    boolean hasRequestFor(Member peer) {
        return switch (role) {
            case FOLLOWER -> false;
            case CANDIDATE -> peer.answeredTerm < log.term();
            case LEADER -> peer.next <= log.lastIndex() || peer.askedRound < round;
        };
    }

    /** What it is. */
    Message requestFor(Member peer) {
        return role == Role.LEADER ? appendFor(peer) : voteFor();
    }

    private Vote voteFor() {
        return new Vote(self.id, log.term(), log.lastIndex(), log.lastTerm());
    }

    private Append appendFor(Member peer) {
        peer.askedRound = round;
        long previous = peer.next - 1;
        return new Append(
                self.id,
                log.term(),
                previous,
                log.termAt(previous),
                commit,
                log.from(peer.next, Message.APPEND_ENTRIES_MAX));
    }

    Appended answer(Append append) {
        observe(append.term());
        if (append.term() < log.term()) {
            return new Appended(log.term(), false, 0);
        }
        if (role == Role.LEADER) {
            throw new IllegalStateException(
                    self.id + " and " + append.leader() + " lead term " + log.term());
        }
        role = Role.FOLLOWER;
        leader = append.leader();
        contacts++;
        if (!log.has(append.previousIndex(), append.previousTerm())) {
            long before = Math.min(log.lastIndex(), append.previousIndex() - 1);
            return new Appended(log.term(), false, before);
        }
        long index = append.previousIndex();
        for (Entry entry : append.entries()) {
            index++;
            if (!log.has(index, entry.term())) { // what is there already may have more after it
                put(index, entry);
            }
        }
        commitUpTo(Math.min(append.commit(), index));
        changed.happened();
        return new Appended(log.term(), true, index);
    }

    private void put(long index, Entry entry) {
        if (index <= commit) {
            throw new IllegalStateException(
                    "entry " + index + " of " + commit + " that are committed is to be " + entry);
        }
        log.put(index, entry);
    }

    void answered(Member peer, Append append, Appended answer) {
        observe(answer.term());
        if (!leads(append.term())) {
            return;
        }
        peer.confirmedRound = peer.askedRound;
        if (answer.isMatch()) {
            peer.match = Math.max(peer.match, answer.index());
            peer.next = peer.match + 1;
            advance();
        } else {
            peer.next = Math.max(1, Math.min(peer.next - 1, answer.index() + 1));
        }
        changed.happened();
    }

    /** This replica's own disk has what was decided in this term, up to this index. */
    void persisted(long term, long index) {
        if (term == log.term() && role == Role.CANDIDATE) {
            grant(self);
        } else if (leads(term)) {
            self.match = Math.max(self.match, index);
            advance();
        }
        changed.happened();
    }

    private void advance() {
        int copies = flaw == Flaw.COMMIT_WITHOUT_QUORUM ? 1 : quorum();
        long index = reachedBy(copies, member -> member.match);
        if (index > commit && log.termAt(index) == log.term()) {
            commitUpTo(index);
        }
    }

    /** What so many of the members have reached. */
    private long reachedBy(int count, ToLongFunction<Member> progress) {
        return members.stream().mapToLong(progress).sorted().toArray()[members.size() - count];
    }

    private void commitUpTo(long index) {
        while (commit < index) {
            commit++;
            Entry entry = log.get(commit);
            store.apply(entry);
            listener.commits(commit, entry);
        }
    }

    // Clients

    boolean leads(long term) {
        return role == Role.LEADER && log.term() == term;
    }

    /** Of a leader: adds a write to the log, and gives its index. */
    long propose(long client, long sequence, String key, String value) {
        long index = log.lastIndex() + 1;
        log.put(index, new Entry(log.term(), client, sequence, key, value));
        changed.happened();
        return index;
    }

    /** Whether the entry there is committed, and is the one that was proposed in this term. */
    boolean isCommitted(long index, long term) {
        return index <= commit && log.termAt(index) == term;
    }

    /** Asks all whether this is still the leader; the answers belong to the round that it gives. */
    long beat() {
        round++;
        changed.happened();
        return round;
    }

    /**
     * Whether it led when the round began, and knows of all that was committed then (section 8).
     */
    boolean isConfirmed(long ofRound) {
        return reachedBy(quorum(), member -> member.confirmedRound) >= ofRound
                && log.termAt(commit) == log.term();
    }
}
