package io.tardy.aio;

import io.tardy.aio.AsyncSubmission.Kind;
import java.nio.ByteBuffer;

/**
 * What the operations have in common that move bytes into or out of a buffer of the caller's, and
 * complete with their number.
 *
 * @param <E> the error enum of the operation
 */
abstract class BufferSubmission<E extends Enum<E> & AsyncError> {
    private final Kind<E> kind;
    private final ByteBuffer buffer;

    /** As of {@link Arguments#placeOf}. */
    private final long place;

    BufferSubmission(Kind<E> kind, ByteBuffer buffer, long place) {
        this.kind = kind;
        this.buffer = buffer;
        this.place = place;
    }

    /** Which kind of operation this is. */
    public final Kind<E> kind() {
        return kind;
    }

    /** Direct or heap; its position advances. */
    public final ByteBuffer buffer() {
        return buffer;
    }

    /** Where index 0 of the buffer is while it is reachable; 0 of a heap buffer. */
    public final long address() {
        return place == Arguments.MAY_END ? Arguments.addressOf(buffer) : place;
    }

    /** Whether the same may be asked for once more with this. */
    public final boolean isReusable() {
        return place != Arguments.MAY_END;
    }
}
