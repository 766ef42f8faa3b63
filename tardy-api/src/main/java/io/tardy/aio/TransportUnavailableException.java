package io.tardy.aio;

/** The transport that was asked for cannot be used on this machine; the message says why. */
public final class TransportUnavailableException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final AsyncType type;

    /**
     * Before or, of transports that find out late, when a runtime is made.
     *
     * @param reason one sentence with the cause and the way out
     * @param cause null if there is none
     */
    public TransportUnavailableException(AsyncType type, String reason, Throwable cause) {
        super("transport " + type.label() + " is not available: " + reason, cause);
        this.type = type;
    }

    /** The transport that was asked for. */
    public AsyncType type() {
        return type;
    }
}
