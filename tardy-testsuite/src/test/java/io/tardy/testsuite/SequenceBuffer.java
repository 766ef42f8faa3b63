package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;

/** The kinds of buffers that sequences use: each with bytes around its room, which stay. */
enum SequenceBuffer {
    HEAP,
    DIRECT,
    HEAP_SLICE,
    DIRECT_SLICE;

    private static final int MARGIN_BYTES = 3;
    private static final byte MARGIN = 0x55;

    /** One with so much room. */
    ByteBuffer room(int bytes) {
        int all = bytes + 2 * MARGIN_BYTES;
        boolean isDirect = this == DIRECT || this == DIRECT_SLICE;
        ByteBuffer buffer = isDirect ? ByteBuffer.allocateDirect(all) : ByteBuffer.allocate(all);
        while (buffer.hasRemaining()) {
            buffer.put(MARGIN);
        }
        if (this == HEAP_SLICE || this == DIRECT_SLICE) {
            buffer = buffer.slice(1, all - 1);
            return buffer.position(MARGIN_BYTES - 1).limit(MARGIN_BYTES - 1 + bytes);
        }
        return buffer.position(MARGIN_BYTES).limit(MARGIN_BYTES + bytes);
    }

    /** One with this content. */
    ByteBuffer of(byte[] content) {
        ByteBuffer buffer = room(content.length);
        buffer.duplicate().put(content);
        return buffer;
    }

    /** What was put into a buffer of {@link #room} since; the rest must be as it was. */
    static byte[] filled(ByteBuffer buffer, int from) {
        ByteBuffer whole = buffer.duplicate().clear();
        for (int i = 0; i < whole.capacity(); i++) {
            if ((i < from || i >= buffer.position()) && whole.get(i) != MARGIN) {
                fail("byte %d is %d, and is nobody's", i, whole.get(i));
            }
        }
        byte[] content = new byte[buffer.position() - from];
        whole.get(from, content);
        return content;
    }
}
