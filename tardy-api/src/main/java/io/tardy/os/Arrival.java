package io.tardy.os;

/**
 * What has come, or may have, for a frame that waits to receive; the value of {@code
 * AwaitReadable}. The frame receives it by itself, into memory that it has taken only now.
 */
public interface Arrival {

    /**
     * Receives without waiting; in the frame.
     *
     * @return the number of bytes, from the beginning of the buffer; 0 at the end of the stream; or
     *     a negated error number, {@code -EAGAIN} if nothing is there any more
     */
    int recv(LentBuffer into);
}
