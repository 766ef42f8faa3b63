package io.tardy.bench;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A message that tells whether it is whole: its number, when it was sent, filler that depends on
 * the number, and a checksum of all that.
 *
 * @param sequence counts from 0; those before are for warming up
 * @param sentNanos {@code System.nanoTime} of the sender, which on Linux is the machine's
 */
record BroadcastMessage(long sequence, long sentNanos) {

    private static final int HEAD_BYTES = 2 * Long.BYTES;
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    static final int BYTES_MIN = HEAD_BYTES + CHECKSUM_BYTES;

    byte[] encode(int bytes) {
        ByteBuffer message = ByteBuffer.allocate(bytes);
        message.putLong(sequence).putLong(sentNanos);
        for (byte filler = (byte) sequence; message.remaining() > CHECKSUM_BYTES; filler++) {
            message.put(filler);
        }
        return message.putInt(checksum(message.array())).array();
    }

    /** Null if it is damaged. */
    static BroadcastMessage decode(byte[] message, int bytes) {
        if (message.length != bytes) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(message);
        if (buffer.getInt(bytes - CHECKSUM_BYTES) != checksum(message)) {
            return null;
        }
        return new BroadcastMessage(buffer.getLong(), buffer.getLong());
    }

    /** Of all but the last bytes, which are its place. */
    private static int checksum(byte[] message) {
        CRC32C checksum = new CRC32C();
        checksum.update(message, 0, message.length - CHECKSUM_BYTES);
        return (int) checksum.getValue();
    }
}
