package io.tardy.examples.sim;

import java.nio.ByteBuffer;

/**
 * What a client wants done once.
 *
 * @param client who
 * @param number which of the client's
 */
record Order(int client, int number) {

    static final int BYTES = 2 * Integer.BYTES;

    ByteBuffer toBytes() {
        return ByteBuffer.allocate(BYTES).putInt(client).putInt(number).flip();
    }

    static Order of(ByteBuffer bytes) {
        return new Order(bytes.getInt(), bytes.getInt());
    }
}
