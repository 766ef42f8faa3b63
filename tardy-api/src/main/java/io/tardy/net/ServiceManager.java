package io.tardy.net;

import io.tardy.aio.TardyIOException;
import io.tardy.os.ListeningDescriptor;
import io.tardy.os.NotifySocket;
import io.tardy.runtime.Simulation;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the service manager how this process is: systemd, for a unit with {@code Type=notify}, or
 * whoever else has set {@code NOTIFY_SOCKET}. The protocol is that of sd_notify(3), over the system
 * calls themselves, without its library.
 *
 * <p>Each method returns whether there is a manager to tell; without one it does nothing. Any
 * thread may call them. They do not wait, except for up to a second for a manager whose queue is
 * full. If it cannot be told, they throw a {@link TardyIOException}; a server mostly goes on then.
 */
public final class ServiceManager {

    private ServiceManager() {}

    /** This process serves: {@code READY=1}. */
    public static boolean ready() throws TardyIOException {
        return notify("READY=1");
    }

    /** It begins to end, as before a drain: {@code STOPPING=1}. */
    public static boolean stopping() throws TardyIOException {
        return notify("STOPPING=1");
    }

    /**
     * It reads its configuration again, and says {@link #ready} afterwards: {@code RELOADING=1},
     * with the time that {@code Type=notify-reload} asks for.
     */
    public static boolean reloading() throws TardyIOException {
        // The JVM's nanoTime is the system's CLOCK_MONOTONIC on Linux.
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        return notify("RELOADING=1\nMONOTONIC_USEC=" + micros);
    }

    /**
     * What {@code systemctl status} shows: {@code STATUS=}.
     *
     * @throws IllegalArgumentException if it has more than one line
     */
    public static boolean status(String text) throws TardyIOException {
        if (text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a status has one line: " + text);
        }
        return notify("STATUS=" + text);
    }

    /**
     * Another process is the service from now on, as after a {@link Handover}: {@code MAINPID=}.
     * For the old one to say before it ends, since the manager ends the service with the main
     * process that it knows; what that one has said is heard before its end. Of other processes,
     * the unit's {@code NotifyAccess=} may not let each speak.
     */
    public static boolean mainProcess(long pid) throws TardyIOException {
        return notify("MAINPID=" + pid);
    }

    private static boolean notify(String state) throws TardyIOException {
        return Simulation.current() == null && notify(System.getenv("NOTIFY_SOCKET"), state);
    }

    static boolean notify(@Nullable String address, String state) throws TardyIOException {
        if (address == null || address.isEmpty()) {
            return false;
        }
        ListeningDescriptor.requireLinux("NOTIFY_SOCKET");
        NotifySocket.send(address, state);
        return true;
    }
}
