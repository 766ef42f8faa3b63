package io.tardy.examples.gateway;

import java.nio.ByteBuffer;

/**
 * Takes the frames of a chunked body away, in the buffer into which it is received (RFC 9112,
 * section 7.1). Extensions and trailers are dropped.
 */
final class Chunks {

    private static final int LINE_BYTES_MAX = 4096;

    private enum State {
        SIZE,
        DATA,
        DATA_END,
        TRAILER,
        DONE
    }

    private State state = State.SIZE;
    private int at; // the next byte to look at
    private int end; // of the content so far
    private long left; // of this chunk

    /**
     * @param begin where the body begins
     */
    Chunks(int begin) {
        at = begin;
        end = begin;
    }

    /** Where the content ends, which begins where the body did. */
    int end() {
        return end;
    }

    /** Whether the body has ended right there. */
    boolean endsAt(int position) {
        return state == State.DONE && at == position;
    }

    /** Goes on up to the buffer's position. Returns whether the body is complete. */
    boolean decode(ByteBuffer in) throws BackendException {
        while (state != State.DONE && (state == State.DATA ? takeData(in) : takeLine(in))) {
            // once more
        }
        if (state != State.DONE && at == in.position()) {
            at = end;
            in.position(end); // the room of the frames is free
        }
        return state == State.DONE;
    }

    private boolean takeData(ByteBuffer in) {
        int count = (int) Math.min(left, in.position() - at);
        if (at != end) {
            in.put(end, in, at, count);
        }
        at += count;
        end += count;
        left -= count;
        if (left == 0) {
            state = State.DATA_END;
        }
        return left == 0;
    }

    private boolean takeLine(ByteBuffer in) throws BackendException {
        int lineEnd = at;
        while (lineEnd + 1 < in.position()
                && (in.get(lineEnd) != '\r' || in.get(lineEnd + 1) != '\n')) {
            lineEnd++;
        }
        if (lineEnd + 1 >= in.position()) {
            if (lineEnd - at > LINE_BYTES_MAX) {
                throw BackendException.bad("a line without an end");
            }
            return false;
        }
        switch (state) {
            case SIZE -> takeSize(in, lineEnd);
            case DATA_END -> {
                if (lineEnd != at) {
                    throw BackendException.bad("a chunk longer than its size");
                }
                state = State.SIZE;
            }
            default -> state = lineEnd == at ? State.DONE : State.TRAILER;
        }
        at = lineEnd + 2;
        return true;
    }

    private void takeSize(ByteBuffer in, int lineEnd) throws BackendException {
        long size = 0;
        int i = at;
        for (int digit; i < lineEnd && (digit = Character.digit(in.get(i), 16)) >= 0; i++) {
            size = size * 16 + digit;
            if (size > Integer.MAX_VALUE) {
                throw BackendException.bad("a chunk that is too long");
            }
        }
        if (i == at || i < lineEnd && in.get(i) != ';' && in.get(i) != ' ' && in.get(i) != '\t') {
            throw BackendException.bad("no size of a chunk");
        }
        left = size;
        state = size == 0 ? State.TRAILER : State.DATA;
    }
}
