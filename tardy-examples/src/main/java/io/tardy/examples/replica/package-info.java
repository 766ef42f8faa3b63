/**
 * A replicated store of keys and values, small enough to read in an hour: Raft in direct style, and
 * the simulation that it is tested with.
 *
 * <p>To be read in this order:
 *
 * <ol>
 *   <li>{@link io.tardy.examples.replica.Replica}: the frames of a server, and the one rule that
 *       nothing leaves it before the disk has it.
 *   <li>{@code Consensus}: what it decides, in steps that never wait.
 *   <li>{@code ClientRequests}: writes and reads, which wait for what was decided.
 *   <li>{@code Log} and {@code Journal}: what a crash must not take, and what it may tear.
 *   <li>{@code Store}: what the log comes to; a write that is repeated is done once.
 *   <li>{@link io.tardy.examples.replica.ReplicaClient}: asks one replica after the other.
 *   <li>{@code Message} and {@code Connection}: the bytes between them. {@code Change}: where
 *       frames wait for each other.
 * </ol>
 *
 * <p>Then {@link io.tardy.examples.replica.ReplicaScenario}: hosts, clients, and what is done to
 * them. {@code Ledger} and {@code History} tell whether it was borne well, and {@code Flaw} has the
 * mistakes that they must find.
 */
package io.tardy.examples.replica;
