package io.tardy.examples.redis;

/** What arrives is no request. Nobody knows where the next one begins, so the connection ends. */
final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    ProtocolException(String problem) {
        super("ERR Protocol error: " + problem, null, false, false);
    }
}
