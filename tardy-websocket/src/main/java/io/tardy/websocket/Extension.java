package io.tardy.websocket;

import java.util.List;

/**
 * An extension as a header offers or accepts it (RFC 6455, section 9.1).
 *
 * @param parameters in the header's order; names may repeat
 */
record Extension(String name, List<Parameter> parameters) {

    /**
     * @param value null for none
     */
    record Parameter(String name, String value) {}
}
