package io.tardy.examples.replica;

/** What a replica knows of one of them, itself included. */
final class Member {

    final int id;
    final Address address;

    /** The term of the last vote that it was asked for and has answered. */
    long answeredTerm;

    /** The term of the last vote that it gave us. */
    long grantedTerm;

    /** Of a leader: the next entry to send to it. */
    long next;

    /** Of a leader: up to where its disk has our log. */
    long match;

    /** The round of the last question to it. */
    long askedRound;

    /** The last round in which it took us for the leader. */
    long confirmedRound;

    Member(int id, Address address) {
        this.id = id;
        this.address = address;
    }
}
