package io.tardy.runtime;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.spi.Transport;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * What other packages of this module may ask of a {@code Tardy}, and programs may not. {@code
 * Tardy} says how when its class is initialized, which is before there is an object of it.
 */
public abstract class TardyAccess {

    private static volatile TardyAccess access;

    protected TardyAccess() {}

    /** Called once, by {@code Tardy}. */
    public static void set(TardyAccess given) {
        access = given;
    }

    /** The way in; only where there is a {@code Tardy} to ask. */
    public static TardyAccess get() {
        return access;
    }

    /** The transport of this {@code Tardy}. */
    public abstract Transport transport(Object tardy);

    /** Opens a socket that the runtimes of this {@code Tardy} can drive. */
    public final SocketHandle openSocket(Object tardy, SocketKind kind) throws TardyIOException {
        return SocketHandle.of(transport(tardy).openSocket(kind));
    }

    /**
     * Makes a runtime that serves a group of Netty's until its loop is shut down.
     *
     * @param executor starts the loop's thread
     * @param id the runtime's number in the group
     * @return the runtime's loop
     */
    public abstract IoEventLoop newEventLoop(
            Object tardy, IoEventLoopGroup group, Executor executor, int id);

    /**
     * Has a simulation run the runtimes of a {@code Tardy}.
     *
     * @param builder the {@code Tardy.Builder} that makes it
     */
    public abstract void simulate(Object builder, Simulation simulation);

    /**
     * What the decorator of frames makes of a {@code FrameBody}, or null if there is none.
     *
     * @param runtime a {@code TardyRuntime}
     */
    public abstract UnaryOperator<?> decoration(Object runtime);

    /** The runtime that is a {@code TardyRuntime}, with all its parts. */
    public abstract RuntimeCore core(Object runtime);

    /**
     * Where a frame that waits for other things too is told of the end of this {@code Frame}, if it
     * adds its place before it looks whether that has ended; any thread.
     */
    public abstract WaitList joiners(Object frame);

    /**
     * Opens a socket for the runtime of the current thread or, outside of any, for the transport
     * that {@code AsyncType.AUTO} chooses.
     */
    public static SocketHandle openSocketHere(SocketKind kind) throws TardyIOException {
        return SocketHandle.of(transportHere().openSocket(kind));
    }

    /** That of the current thread's runtime or, outside of any, the one that AUTO chooses. */
    public static Transport transportHere() {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        return runtime == null
                ? TransportChoice.auto().transport()
                : runtime.settings().transport();
    }
}
