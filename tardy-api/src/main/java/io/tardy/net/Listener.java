package io.tardy.net;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.EventExecutor;
import io.tardy.Tardy;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ListeningDescriptor;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Simulation;
import io.tardy.runtime.TardyAccess;
import io.tardy.spi.Transport;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Objects;

/**
 * A listening stream socket that can outlive this process: one that systemd has opened ({@link
 * #inherited()}), that an earlier process has handed over ({@link Handover}), or that a later
 * process is to take over ({@link #bind}). TCP, and streams of the Unix domain; on Linux only.
 *
 * <pre>{@code
 * try (Listener listener = Listener.inherited("http").getFirst();
 *         Socket socket = listener.socket(tardy)) {
 *     tardy.entry(socket, (rt, server) -> rt.spawn(() -> server.serve(Echo::echo)));
 * }
 * }</pre>
 *
 * <p>It accepts nothing itself. Each {@link #socket} and each {@link #channel} is another
 * descriptor of the same listener and so has the same queue of connections: the first that asks
 * gets the next one, whichever process it is in. Closing one of them, or this, loses no connection
 * as long as another is open somewhere. What waits in the queue when the last one is closed is
 * reset.
 *
 * <p>All methods may be called from any thread, and do not wait.
 */
public final class Listener implements AutoCloseable {

    private static final int NAME_LENGTH_MAX = 255;

    private final String name;
    private final ListeningDescriptor descriptor;

    Listener(String name, ListeningDescriptor descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /**
     * The listeners that the service manager has passed to this process, in its order; none if it
     * has passed none. The protocol is that of sd_listen_fds(3): {@code LISTEN_FDS} descriptors
     * from number 3 on, for the process {@code LISTEN_PID}, named by {@code LISTEN_FDNAMES}, or
     * {@code unknown}. They become non-blocking and close-on-exec. Each call returns the same
     * objects. As in sd_listen_fds(3), variables for another process count for nothing: it is a
     * parent, whose environment this process has. A simulated host has none.
     *
     * @throws IllegalStateException if the variables contradict each other; the message says how
     * @throws TardyIOException if a descriptor is no listening stream socket
     */
    public static List<Listener> inherited() throws TardyIOException {
        return Simulation.current() != null ? List.of() : Activation.ofProcess().all();
    }

    /**
     * Those of {@link #inherited()} that have this name: {@code FileDescriptorName=} of the unit,
     * by default the whole name of the unit, such as {@code http.socket}. One unit may have
     * several.
     *
     * @return at least one
     * @throws IllegalStateException also if there is none; the message lists the names there are,
     *     or says why there are none, as where a wrapper has not exec'd the JVM
     */
    public static List<Listener> inherited(String name) throws TardyIOException {
        List<Listener> all = inherited();
        List<Listener> named = all.stream().filter(each -> each.name.equals(name)).toList();
        if (named.isEmpty()) {
            throw new IllegalStateException(
                    "this process has inherited no listener of the name "
                            + name
                            + (all.isEmpty()
                                    ? ", and none at all: "
                                            + Activation.whyNone(System.getenv(), Activation.pid())
                                    : "; those that it has are " + all));
        }
        return named;
    }

    /**
     * Binds and listens. {@code SO_REUSEADDR} is on, so that a server can be started again at once.
     *
     * @param name for whoever takes it over: 1 to 255 characters, no colon, no control characters
     * @param address an {@link InetSocketAddress} that is resolved, or a {@link
     *     UnixDomainSocketAddress}, whose file stays when everybody has closed the listener
     * @param backlog how many connections may wait to be accepted
     * @throws TardyIOException for example with {@link io.tardy.aio.SocketError#ADDRESS_IN_USE}
     * @throws UnsupportedOperationException elsewhere than on Linux
     */
    public static Listener bind(String name, SocketAddress address, int backlog)
            throws TardyIOException {
        requireLegal(name);
        requireReal("Listener.bind");
        if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw new IllegalArgumentException(
                    inet + " has no address: look the name up before, with Names.resolve");
        }
        return new Listener(name, ListeningDescriptor.open(address, backlog));
    }

    static void requireLegal(String name) {
        if (name.isEmpty()
                || name.length() > NAME_LENGTH_MAX
                || name.chars().anyMatch(c -> c == ':' || Character.isISOControl(c))) {
            throw new IllegalArgumentException(
                    "a listener's name has 1 to 255 characters, no colon and no control"
                            + " characters, and this is '"
                            + name
                            + "'");
        }
    }

    /** What needs this system, and not a simulated one. */
    static void requireReal(String what) {
        ListeningDescriptor.requireLinux(what);
        if (Simulation.current() != null) {
            throw new IllegalStateException(what + " needs a real system: this is a simulation");
        }
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** Where it listens: the address, with the port that the system has chosen if it was 0. */
    public SocketAddress localAddress() throws TardyIOException {
        return descriptor.localAddress();
    }

    /**
     * A listening socket for the runtime of this thread or, outside of any, for the transport that
     * {@code AsyncType.AUTO} chooses. The caller closes it. One socket serves all runtimes, as one
     * of {@link Socket#tcp} does. Of TCP, {@code TCP_NODELAY} is switched on, for all who share the
     * listener.
     *
     * @throws UnsupportedOperationException if the transport takes no listener: {@code poll}
     *     without {@code --add-opens java.base/sun.nio.ch}, or one that does not implement it
     * @throws TardyIOException also if this is closed
     */
    public Socket socket() throws TardyIOException {
        return socket(TardyAccess.transportHere());
    }

    /** {@link #socket()}, opened for the runtimes of this Tardy. */
    public Socket socket(Tardy tardy) throws TardyIOException {
        return socket(TardyAccess.get().transport(tardy));
    }

    private Socket socket(Transport transport) throws TardyIOException {
        requireReal("Listener.socket");
        OpenSocket opened = inherit(transport::inheritListener);
        SocketHandle handle = SocketHandle.of(opened);
        boolean isReady = false;
        try {
            if (descriptor.kind() == SocketKind.TCP) {
                handle.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            isReady = true;
            return new Socket(handle, SocketTarget.REACHED);
        } finally {
            if (!isReady) {
                handle.close();
            }
        }
    }

    /**
     * A server channel of Netty's, for a group whose loops are runtimes:
     *
     * <pre>{@code
     * new ServerBootstrap().group(group).channelFactory(() -> listener.channel(group))
     *         .childHandler(handler)
     *         .register();
     * }</pre>
     *
     * <p>It listens already: {@code register} it, do not bind it. It accepts from then on. Of the
     * bootstrap's options, {@code SO_BACKLOG} has no effect. As of Netty 4.2.18 a channel of the
     * Unix domain on epoll does not know its address.
     *
     * @throws UnsupportedOperationException if the transport makes no channel of a listener: {@code
     *     io_uring}, whose channels take none as of Netty 4.2.18, {@code poll} without {@code
     *     --add-opens java.base/sun.nio.ch}, or a transport that does not implement it
     * @throws IllegalArgumentException if the group's loops are no runtimes
     * @throws IllegalStateException if this is closed, or no descriptor is left
     */
    public ServerChannel channel(EventLoopGroup group) {
        requireReal("Listener.channel");
        EventExecutor first = group.iterator().next(); // whose turn it is does not change
        RuntimeCore runtime = first instanceof IoEventLoop loop ? RuntimeCore.of(loop) : null;
        if (runtime == null) {
            throw new IllegalArgumentException(
                    "the loops of "
                            + group.getClass().getSimpleName()
                            + " are no runtimes: use a TardyEventLoopGroup");
        }
        Transport transport = runtime.settings().transport();
        try {
            ServerChannel channel = inherit(transport::inheritServerChannel);
            channel.pipeline().addFirst(new FirstRead());
            return channel;
        } catch (TardyIOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** What takes a descriptor, or throws and leaves it to the caller. */
    private interface Inheriting<T> {
        T inherit(SocketKind kind, int descriptor) throws TardyIOException;
    }

    private <T> T inherit(Inheriting<T> heir) throws TardyIOException {
        int duplicate = descriptor.duplicate();
        T inherited = null;
        try {
            inherited = Objects.requireNonNull(heir.inherit(descriptor.kind(), duplicate));
            return inherited;
        } finally {
            if (inherited == null) {
                ListeningDescriptor.closeDuplicate(duplicate);
            }
        }
    }

    /** To be passed to another process, and then closed. */
    int duplicate() throws TardyIOException {
        return descriptor.duplicate();
    }

    /** The sockets and channels that were made of it stay open. Closing again does nothing. */
    @Override
    public void close() throws TardyIOException {
        descriptor.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
