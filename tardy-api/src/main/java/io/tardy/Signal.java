package io.tardy;

/** A signal that asks a process for something; see {@link Signals}. */
public enum Signal {
    /** SIGHUP: the terminal has gone; to servers, by custom, "read your configuration again". */
    HUP,
    /** SIGINT: Ctrl-C. */
    INT,
    /** SIGTERM: end, in order. */
    TERM
}
