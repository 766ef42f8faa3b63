package io.tardy.sim.net;

import io.tardy.sim.time.Timeline;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A client's attempts to connect, until a listener answers or the client gives up. */
final class Handshake {

    /** When a node that nobody is gives up hope. */
    private static final long NO_ROUTE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Network network;
    private final StreamEnd client;
    private final InetSocketAddress to;
    private final Link there;
    private final Link back;
    private int attempt;
    private Timeline.Event next;
    private boolean isOver;

    /** Begins; the link is null if no node has the address. */
    Handshake(Network network, StreamEnd client, Link there, Link back) {
        this.network = network;
        this.client = client;
        this.to = StreamEnd.inet(client.remote());
        this.there = there;
        this.back = back;
        network.trace(client.node(), "connect " + client.name() + " -> " + client.remoteName());
        if (there == null) {
            next = network.timeline().after(NO_ROUTE_NANOS, () -> fail(Failure.NO_ROUTE));
        } else {
            send();
        }
    }

    private void send() {
        there.once(this::arrive);
        next = network.timeline().after(Retries.CONNECT.nanosAfter(attempt), this::again);
    }

    private void again() {
        if (client.isGone()) {
            cancel();
        } else if (attempt++ == Retries.CONNECT.max()) {
            network.reached("connect timed out");
            fail(Failure.TIMED_OUT);
        } else {
            network.reached("connect repeated");
            send();
        }
    }

    private void arrive() {
        if (isOver) {
            return;
        }
        Listener listener = network.listener(there.to(), to);
        if (listener == null) {
            back.once(() -> fail(Failure.REFUSED));
        } else if (listener.isFull()) {
            network.reached("accept queue full");
            network.trace(there.to(), "drop connect " + client.name() + ": the queue is full");
        } else if (!there.isLocal() && network.dice().chance(network.faults().connectLoss())) {
            network.reached("connect lost");
            network.trace(there.to(), "lose connect " + client.name());
        } else {
            back.once(this::answered);
        }
    }

    private void answered() {
        if (!isOver) {
            cancel();
            if (!client.isGone()) {
                client.established(there, back);
            }
        }
    }

    private void fail(Failure because) {
        if (!isOver) {
            cancel();
            if (!client.isGone()) {
                client.refused(because);
            }
        }
    }

    /** Nobody waits for it any more. */
    void cancel() {
        isOver = true;
        next.cancel();
    }
}
