package io.tardy.host;

import io.tardy.NameResolver;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.RuntimeCore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;

/** The addresses of a host, of which there may be several: what a resolver says, or a literal. */
public final class HostAddresses {

    private static final String OPERATION = "lookup";

    private HostAddresses() {}

    /** The resolver of this thread's runtime, or the system's outside of any. */
    public static NameResolver resolverHere() {
        return RuntimeCore.currentOrNull() == null
                ? NameResolver.system()
                : TardyRuntime.current().options().nameResolver();
    }

    /** {@link #of(NameResolver, String, int)} by the resolver of this thread's runtime. */
    public static List<InetSocketAddress> of(String host, int port) throws TardyIOException {
        return of(resolverHere(), host, port);
    }

    /**
     * At least one, in the order of trying. A name is looked up, for which a frame waits; outside
     * of a frame this blocks.
     *
     * @throws TardyIOException as of {@link #of(NameResolver, String)}
     * @throws IllegalArgumentException if there is no such port
     */
    public static List<InetSocketAddress> of(NameResolver resolver, String host, int port)
            throws TardyIOException {
        InetSocketAddress.createUnresolved(host, port); // refuses null and other ports
        return alternating(of(resolver, host)).stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /**
     * At least one, as the resolver gives them; a literal is none that it is asked for.
     *
     * @throws TardyIOException if the name is unknown, if that cannot be found out, or if the frame
     *     is cancelled or late
     */
    public static List<InetAddress> of(NameResolver resolver, String host) throws TardyIOException {
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return lookUp(resolver, host);
        }
    }

    private static List<InetAddress> lookUp(NameResolver resolver, String host)
            throws TardyIOException {
        List<InetAddress> found;
        try {
            found = resolver.resolve(host);
        } catch (CancelledException | DeadlineExceededException e) {
            throw e;
        } catch (UnknownHostException e) {
            throw unknown(host, e.getMessage(), e);
        } catch (IOException e) {
            throw unanswered(host, e);
        }
        Objects.requireNonNull(found, () -> resolver + " returned null for " + host);
        if (found.isEmpty()) {
            throw unknown(host, resolver + " has found no address", null);
        }
        return List.copyOf(found);
    }

    /** A name that no host has; the JDK's reason mostly begins with it. */
    private static TardyIOException unknown(String host, String reason, Throwable cause) {
        boolean isPlain = reason == null || reason.equals(host);
        String why = isPlain || reason.startsWith(host + ": ") ? reason : host + ": " + reason;
        return failure(
                ConnectError.ADDRESS_NOT_AVAILABLE,
                "unknown host " + (isPlain ? host : why),
                cause);
    }

    /** Nobody can say. If that is another operation's failure, it is not one of the host's. */
    private static TardyIOException unanswered(String host, IOException e) {
        if (e instanceof TardyIOException told && told.operation().equals(OPERATION)) {
            return told;
        }
        String reason = e.getMessage() == null ? e.toString() : e.getMessage();
        return failure(ConnectError.NAME_SERVER_FAILED, host + ": " + reason, e);
    }

    private static TardyIOException failure(ConnectError error, String detail, Throwable cause) {
        TardyIOException failure = new TardyIOException(OPERATION, error, 0, detail);
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }

    /** The families take turns, so that one that does not work costs one attempt (RFC 8305). */
    static List<InetAddress> alternating(List<InetAddress> all) {
        Queue<InetAddress> preferred = new ArrayDeque<>();
        Queue<InetAddress> others = new ArrayDeque<>();
        for (InetAddress address : new LinkedHashSet<>(all)) {
            (address.getClass() == all.getFirst().getClass() ? preferred : others).add(address);
        }
        List<InetAddress> turns = new ArrayList<>();
        while (!preferred.isEmpty() || !others.isEmpty()) {
            if (!preferred.isEmpty()) {
                turns.add(preferred.remove());
            }
            if (!others.isEmpty()) {
                turns.add(others.remove());
            }
        }
        return turns;
    }
}
