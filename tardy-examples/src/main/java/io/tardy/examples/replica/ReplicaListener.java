package io.tardy.examples.replica;

/**
 * Hears what happens in a replica. Called on its runtime, between two waits; so it must not wait.
 */
public interface ReplicaListener {

    /** The replica leads this term. */
    default void leads(long term) {}

    /** The replica knows that a majority has this entry, at this place of the log, from 1 on. */
    default void commits(long index, Entry entry) {}
}
