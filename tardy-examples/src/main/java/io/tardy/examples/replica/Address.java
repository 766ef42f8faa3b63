package io.tardy.examples.replica;

/**
 * Where a replica listens.
 *
 * @param host a name or an address
 * @param port 1 to 65535
 */
public record Address(String host, int port) {

    /** Requires a host and a port to connect to. */
    public Address {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "'" + host + ":" + port + "' is no host and a port from 1 to 65535");
        }
    }

    /**
     * Of {@code HOST:PORT}.
     *
     * @throws IllegalArgumentException with a sentence if it is none
     */
    public static Address parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new Address(
                    text.substring(0, Math.max(colon, 0)),
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' ends in no port: use HOST:PORT, with 1 to 65535", e);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
