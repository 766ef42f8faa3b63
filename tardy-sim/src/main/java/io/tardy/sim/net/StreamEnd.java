package io.tardy.sim.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * One end of a connection, as a kernel has it. It outlives its channel: what was written before the
 * close still goes out.
 */
final class StreamEnd {

    /** How long an end that has closed first keeps its addresses. */
    private static final long TIME_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Network network;
    private final Node node;
    private final int boot;
    private final SocketAddress local;
    private final SocketAddress remote;
    private Watch watch = new Watch();

    /** Null until the connection is established. */
    private Flow out;

    /** Null until the other end exists. */
    private Flow in;

    private StreamEnd peer;

    private final ArrayDeque<ByteBuffer> received = new ArrayDeque<>();
    private boolean hasEnded;
    private boolean ignoresInput;

    /** Why there is no connection any more, or null. */
    private Failure failure;

    private boolean failureIsTold;
    private boolean readWasReset;
    private boolean isClosed;
    private boolean endIsSent;
    private boolean endIsSentFirst;
    private boolean endHasArrived;

    StreamEnd(Node node, SocketAddress local, SocketAddress remote) {
        this.network = node.network();
        this.node = node;
        this.boot = node.boot();
        this.local = local;
        this.remote = remote;
    }

    /** Two ends within a node, of the Unix domain; the first is the client's. */
    static StreamEnd connectUnix(Node node, SocketAddress local, Listener listener) {
        StreamEnd client = new StreamEnd(node, local, listener.address());
        StreamEnd server = new StreamEnd(node, listener.address(), local);
        join(client, Flow.between(node.network(), client, server, null, null), server, null, null);
        listener.add(server);
        return client;
    }

    private static void join(
            StreamEnd client, Flow out, StreamEnd server, Link toClient, Link toServer) {
        client.out = out;
        client.peer = server;
        client.in = Flow.between(client.network, server, client, toClient, toServer);
        server.out = client.in;
        server.in = out;
        server.peer = client;
    }

    Node node() {
        return node;
    }

    SocketAddress local() {
        return local;
    }

    SocketAddress remote() {
        return remote;
    }

    Watch watch() {
        return watch;
    }

    /** It gets a channel. */
    void watch(Watch channels) {
        watch = channels;
    }

    static InetSocketAddress inet(SocketAddress address) {
        return (InetSocketAddress) address;
    }

    private boolean isUnix() {
        return local instanceof UnixDomainSocketAddress;
    }

    String name() {
        return node.nameOf(local);
    }

    String remoteName() {
        return network.nameOf(node, remote);
    }

    /** Whether its node has lost its power since. */
    boolean isGone() {
        return node.boot() != boot;
    }

    boolean isEstablished() {
        return out != null;
    }

    /** Why there is no connection, or null. */
    Failure failure() {
        return failure;
    }

    // What the network says.

    /** The server has answered. */
    void established(Link there, Link back) {
        network.trace(node, "connected " + name() + " -> " + remoteName());
        out = Flow.opening(network, this, there, back);
        watch.changed();
    }

    /** The connect is over, without a connection. */
    void refused(Failure because) {
        fail(because);
    }

    /** A listener has room for the connection: its end there. */
    StreamEnd acceptedBy(Link there, Link back, Listener listener) {
        InetSocketAddress own = SocketAddresses.unnamed(inet(remote));
        StreamEnd server = new StreamEnd(there.to(), own, local);
        there.to().tcp().accept(new Ports.Ends(own, inet(local)));
        join(this, out, server, back, there);
        return server;
    }

    /** Whether what arrives finds nobody who would take it. */
    boolean answersWithReset(boolean isEnd) {
        return isGone() || failure != null || isClosed && !isEnd;
    }

    /** Data arrives. */
    void take(ByteBuffer data) {
        if (ignoresInput || isClosed) {
            in.read(data.remaining());
            return;
        }
        received.add(data);
        watch.changed();
    }

    /** The end arrives: no data comes any more. */
    void end() {
        hasEnded = true;
        watch.changed();
    }

    /** Our end has arrived at the other side. */
    void endArrived() {
        endHasArrived = true;
        if (isClosed) {
            forget();
        }
    }

    /** The other side, or somebody between, has broken the connection. */
    void wasReset() {
        if (!isGone() && failure == null) {
            fail(Failure.RESET);
        }
    }

    /** What was sent has not been answered for too long. */
    void timeOut() {
        network.reached("connection timed out");
        fail(Failure.TIMED_OUT);
    }

    private void fail(Failure because) {
        failure = because;
        network.trace(node, name() + " -> " + remoteName() + ": " + because);
        stop();
        watch.changed();
    }

    private void stop() {
        if (out != null) {
            out.abort();
        }
        if (!isUnix()) {
            node.tcp().disconnect(new Ports.Ends(inet(local), inet(remote)));
        }
    }

    // What the channel asks for.

    boolean hasReceived() {
        return !received.isEmpty();
    }

    int available() {
        return ignoresInput ? 0 : received.stream().mapToInt(ByteBuffer::remaining).sum();
    }

    boolean isReadable() {
        return !received.isEmpty() || hasEnded || failure != null || ignoresInput;
    }

    boolean isWritable() {
        return failure != null || endIsSent || out.room() > 0 || isUnix() && !peerReads();
    }

    private boolean peerReads() {
        return !peer.isClosed && !peer.ignoresInput;
    }

    /** Reads what is there, or a part: the number of bytes, 0 if there are none, -1 at the end. */
    int read(ByteBuffer into) throws IOException {
        if (ignoresInput) {
            return -1;
        }
        if (received.isEmpty()) {
            return into.hasRemaining() ? readNothing() : 0;
        }
        int asked = into.remaining();
        int left = partOf(asked);
        int count = 0;
        while (left > 0 && !received.isEmpty()) {
            ByteBuffer data = received.element();
            int part = Math.min(left, data.remaining());
            into.put(data.slice(data.position(), part));
            data.position(data.position() + part);
            if (!data.hasRemaining()) {
                received.remove();
            }
            left -= part;
            count += part;
        }
        if (count > 0) {
            in.read(count);
        }
        return count;
    }

    private int partOf(int asked) {
        if (asked > 1 && network.dice().chance(network.faults().partialRead())) {
            int unread = 0;
            for (ByteBuffer data : received) {
                unread += data.remaining();
            }
            int most = Math.min(asked, unread);
            if (most > 1) {
                network.reached("partial read");
                return 1 + network.dice().below(most - 1);
            }
        }
        return asked;
    }

    private int readNothing() throws IOException {
        if (hasEnded) {
            return -1;
        }
        if (failure == null) {
            return 0;
        }
        if (!failureIsTold || readWasReset) {
            failureIsTold = true;
            readWasReset = failure == Failure.RESET;
            throw failure.ofRead();
        }
        return -1;
    }

    /** Writes what there is room for, or a part: the number of bytes. */
    int write(ByteBuffer from) throws IOException {
        if (failure != null) {
            if (failureIsTold || hasEnded || isUnix()) {
                throw Failure.brokenPipe();
            }
            failureIsTold = true;
            throw failure.ofWrite();
        }
        if (isUnix() && !peerReads()) {
            throw Failure.brokenPipe();
        }
        return out.write(from);
    }

    /** Nothing will be written any more. */
    void shutdownOutput() {
        if (failure == null && !endIsSent) {
            sendEnd();
            watch.changed();
        }
    }

    private void sendEnd() {
        endIsSent = true;
        endIsSentFirst = !hasEnded;
        out.end();
    }

    /** Nothing will be read any more. */
    void shutdownInput() {
        ignoresInput = true;
        dropReceived();
        watch.changed();
        if (isUnix()) {
            peer.watch.changed();
        }
    }

    private int dropReceived() {
        int count = 0;
        for (ByteBuffer data : received) {
            count += data.remaining();
        }
        received.clear();
        if (count > 0) {
            in.read(count);
        }
        return count;
    }

    /** The channel is closed, or its process has died. */
    void close(OptionValues options) {
        isClosed = true;
        if (isGone() || failure != null) {
            return;
        }
        if (options.closeResets() || !received.isEmpty()) {
            reset();
        } else if (!endIsSent) {
            sendEnd();
        } else if (endHasArrived) {
            forget();
        }
    }

    /** A connect that nobody waits for any more. */
    void cancelConnect() {
        isClosed = true;
        if (!isGone() && failure == null) {
            stop();
        }
    }

    /** Breaks the connection. */
    void reset() {
        isClosed = true;
        if (isGone() || failure != null) {
            return;
        }
        received.clear();
        out.reset();
        failure = Failure.RESET;
        stop();
    }

    /** The connection is over in this direction. */
    private void forget() {
        if (isUnix()) {
            return;
        }
        Ports.Ends ends = new Ports.Ends(inet(local), inet(remote));
        if (endIsSentFirst) {
            node.tcp().disconnectLater(ends, TIME_WAIT_NANOS);
        } else {
            node.tcp().disconnect(ends);
        }
    }
}
