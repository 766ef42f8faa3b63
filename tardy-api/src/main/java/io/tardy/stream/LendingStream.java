package io.tardy.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream that has memory of its own to read into, so that nobody who waits for data holds any. A
 * {@link ByteReader} copies nothing then but what is incomplete when more must be waited for.
 */
public interface LendingStream extends Stream {

    /**
     * Waits for data and returns it in memory of the stream's, or null at the end. The buffer is
     * the caller's, to read and to change, until it asks for the next, or closes the stream: copy
     * what you keep.
     *
     * @return at least one byte
     */
    @Nullable ByteBuffer recvNext() throws IOException;
}
