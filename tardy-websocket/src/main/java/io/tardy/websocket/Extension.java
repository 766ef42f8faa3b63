package io.tardy.websocket;

import java.util.List;

/**
 * An extension as a header offers it or agrees to it (RFC 6455, section 9.1).
 *
 * @param parameters in their order; one may be there twice
 */
record Extension(String name, List<Parameter> parameters) {

    /**
     * @param value null for none
     */
    record Parameter(String name, String value) {}
}
