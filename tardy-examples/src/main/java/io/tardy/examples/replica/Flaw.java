package io.tardy.examples.replica;

/** A mistake that a replica can be given, to see whether a simulation finds it. */
enum Flaw {
    /** As it should be. */
    NONE,
    /** Says that it has what a crash can still take. */
    UNSYNCED_ACK,
    /** Votes for whoever asks, as often as asked. */
    TWO_LEADERS,
    /** Takes for committed what it has alone. */
    COMMIT_WITHOUT_QUORUM,
    /** Answers reads without asking whether it leads still. */
    STALE_READ,
    /** Does a write again that a client has repeated. */
    REPEATED_WRITE,
    /** Believes at its start what the system has in memory, and the disk may not have. */
    BELIEVED_CACHE,
    /** Takes a record that a crash has torn for a whole one. */
    UNCHECKED_RECORD,
    /** Votes for a candidate that lacks what may be committed. */
    VOTE_FOR_SHORT_LOG
}
