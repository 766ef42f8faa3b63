package io.tardy.aio;

import java.util.Locale;

/** The operating-system mechanisms, and the choice among them. */
public enum AsyncType {
    /**
     * The best one that works on this machine; {@code TardyRuntime.backend()} says which and why.
     */
    AUTO,
    IO_URING,
    EPOLL,
    KQUEUE,
    POLL,
    /** A transport of the user's own, given to the builder as an object. */
    CUSTOM;

    /** The name as it stands in options and messages: {@code epoll}, {@code io_uring}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The type with this label.
     *
     * @throws IllegalArgumentException if there is none; the message lists the labels
     */
    public static AsyncType ofLabel(String label) {
        for (AsyncType type : values()) {
            if (type != CUSTOM && type.label().equals(label)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "unknown transport '" + label + "': use auto, io_uring, epoll, kqueue or poll");
    }
}
