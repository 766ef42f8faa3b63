package io.tardy.runtime;

import io.tardy.os.SocketHandle;
import java.util.function.Function;

/**
 * What is behind a {@code Socket}, which other packages of this module may ask, and programs may
 * not. {@code Socket} says how when its class is initialized.
 */
public final class SocketAccess {

    private static volatile Function<Object, SocketHandle> handles;

    private SocketAccess() {}

    /** Called once, by {@code Socket}. */
    public static void set(Function<Object, SocketHandle> given) {
        handles = given;
    }

    /** The handle of this {@code Socket}. */
    public static SocketHandle handleOf(Object socket) {
        return handles.apply(socket);
    }
}
