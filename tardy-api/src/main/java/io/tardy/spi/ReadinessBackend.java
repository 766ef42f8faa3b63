package io.tardy.spi;

import io.netty.channel.IoEventLoop;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.Connect;
import io.tardy.aio.AsyncSubmission.OnSocket;
import io.tardy.aio.AsyncSubmission.RecvBuffer;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketCalls;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the readiness transports share: an operation is tried; where it would have to wait it takes
 * the reader or the writer slot of its socket's {@link ReadinessRegistration}, and is tried again
 * when the system reports the socket ready.
 *
 * <p>Public for authors of transports that are told when a descriptor is ready.
 */
public abstract class ReadinessBackend implements AsyncBackend {

    private static final Set<AsyncOp> OF_SOCKETS =
            EnumSet.of(AsyncOp.ACCEPT, AsyncOp.CONNECT, AsyncOp.RECV, AsyncOp.SEND, AsyncOp.CLOSE);

    private final BackendContext context;
    private final AsyncFeatures features;
    private final SocketCalls calls;

    /** In no order: each knows its place. */
    private final List<ReadinessRegistration> registrations = new ArrayList<>();

    /**
     * Before the loop runs, and not on its thread.
     *
     * @param others the operations done natively beside those of sockets
     */
    protected ReadinessBackend(BackendContext context, AsyncOp... others) {
        EnumSet<AsyncOp> ops = EnumSet.copyOf(OF_SOCKETS);
        ops.addAll(Arrays.asList(others));
        this.context = context;
        this.features = new AsyncFeatures(ops);
        this.calls = new SocketCalls(context.allocator());
    }

    /** Makes the registration of a socket with this runtime's loop; not armed yet. */
    protected abstract ReadinessRegistration newRegistration(OpenSocket socket);

    @Override
    public final AsyncFeatures features() {
        return features;
    }

    final IoEventLoop loop() {
        return context.loop();
    }

    // The paths of every message go by the constant, not by the type: a switch over types costs the
    // compilers more than the operation costs us.

    @Override
    public final boolean attempt(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        return switch (operation.op()) {
            // A buffer is taken on the loop's own thread: allocators keep their caches there.
            case RECV ->
                    !(submission instanceof RecvBuffer)
                            && attemptRead(operation, socketOf(submission));
            case ACCEPT -> attemptRead(operation, socketOf(submission));
            case SEND -> attemptWrite(operation, socketOf(submission));
            default -> false;
        };
    }

    @Override
    public final void start(Operation operation) {
        AsyncSubmission<?, ?> submission = operation.submission();
        switch (operation.op()) {
            case RECV, ACCEPT -> startRead(operation, socketOf(submission));
            case SEND -> startWrite(operation, socketOf(submission));
            case CONNECT -> startConnect(operation, (Connect) submission);
            case CLOSE -> close(operation, socketOf(submission));
            default -> throw new IllegalArgumentException("not a feature: " + submission);
        }
    }

    private static SocketHandle socketOf(AsyncSubmission<?, ?> submission) {
        return (SocketHandle) ((OnSocket) submission).socket();
    }

    @Override
    public void submit() {
        // Each operation was tried, or waits in its slot: nothing is collected.
    }

    @Override
    public final void cancel(Operation operation) {
        ReadinessRegistration registration = registrationOf(socketOf(operation.submission()));
        if (registration != null) {
            registration.cancel(operation);
        }
    }

    @Override
    public final void close() {
        for (ReadinessRegistration registration : List.copyOf(registrations)) {
            release(registration, Errno.ECANCELED.number());
        }
    }

    final SocketCalls calls() {
        return calls;
    }

    /** Lets go of a socket: what waits on it fails, nothing of it is ever heard again. */
    final void release(ReadinessRegistration registration, int errno) {
        if (!remove(registration)) {
            return;
        }
        registration.failWaiting(errno);
        if (registration.disarmsBeforeClose()) {
            registration.disarm();
            detach(registration);
            return;
        }
        try {
            // The number cannot come back to this loop before disarm(): both are its own thread's.
            detach(registration);
        } finally {
            registration.disarm();
        }
    }

    private boolean remove(ReadinessRegistration registration) {
        int place = registration.place;
        if (place < 0) {
            return false;
        }
        registration.place = -1;
        ReadinessRegistration last = registrations.removeLast();
        if (last != registration) {
            registrations.set(place, last);
            last.place = place;
        }
        return true;
    }

    private static void detach(ReadinessRegistration registration) {
        try {
            registration.socket().detach(registration.attached());
        } catch (TardyIOException e) {
            SocketHandle.logCloseFailure(e);
        }
    }

    private ReadinessRegistration registrationOf(SocketHandle socket) {
        SocketHandle.Attachment attachment = socket.attachmentOf(this);
        return attachment == null
                ? null
                : ((ReadinessRegistration.Attached) attachment).registration();
    }

    private boolean attemptRead(Operation operation, SocketHandle socket) {
        ReadinessRegistration registration = registrationOf(socket);
        return registration != null && !socket.isClosed() && registration.attemptRead(operation);
    }

    private boolean attemptWrite(Operation operation, SocketHandle socket) {
        ReadinessRegistration registration = registrationOf(socket);
        return registration != null && !socket.isClosed() && registration.attemptWrite(operation);
    }

    private void startRead(Operation operation, SocketHandle socket) {
        ReadinessRegistration registration = register(operation, socket);
        if (registration != null) {
            registration.read(operation);
        }
    }

    private void startWrite(Operation operation, SocketHandle socket) {
        ReadinessRegistration registration = register(operation, socket);
        if (registration != null) {
            registration.write(operation);
        }
    }

    private void startConnect(Operation operation, Connect connect) {
        SocketHandle socket = socketOf(connect);
        if (socket.isClosed()) {
            operation.fail(Errno.EBADF.number());
            return;
        }
        // Before it is armed: an unconnected socket would report itself hung up at once.
        int outcome = socket.connect(connect.address());
        if (outcome == 0) {
            operation.succeed(null);
        } else if (outcome == -Errno.EINPROGRESS.number()) {
            ReadinessRegistration registration = register(operation, socket);
            if (registration != null) {
                registration.awaitConnected(operation);
            }
        } else {
            operation.fail(-outcome);
        }
    }

    /**
     * The registration of a socket, made on first use; null if the operation has failed instead.
     */
    private ReadinessRegistration register(Operation operation, SocketHandle socket) {
        ReadinessRegistration registration = registrationOf(socket);
        if (registration != null) {
            return registration;
        }
        registration = newRegistration(socket);
        if (!socket.attach(registration.attached())) {
            operation.fail(Errno.EBADF.number());
            return null;
        }
        registration.place = registrations.size();
        registrations.add(registration);
        try {
            registration.arm();
            return registration;
        } catch (TardyIOException e) {
            release(registration, e.errno());
            operation.fail(e.errno());
            return null;
        } catch (IOException e) {
            release(registration, Errno.EIO.number());
            operation.fail(Errno.EIO.number());
            return null;
        }
    }

    private void close(Operation operation, SocketHandle socket) {
        try {
            socket.close();
            operation.succeed(null);
        } catch (TardyIOException e) {
            operation.fail(e.errno());
        }
    }

    final void onLoop(Runnable action) {
        context.onLoop(action);
    }
}
