package io.tardy.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived from a stream and was not taken: in memory that the stream lends, or in some of
 * ours, which is there only while it is needed if the stream lends any.
 */
final class Received {

    /** To read into where the stream lends nothing. */
    private static final int OWN_BYTES = 16 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Stream stream;
    private final @Nullable LendingStream lender;

    private ByteBuffer data = NOTHING;
    private boolean isLent;
    private boolean isReceiving;
    private long taken;

    /**
     * What the stream has lent while there was no memory to put it behind what is here, of which
     * something is left; or null.
     */
    private @Nullable ByteBuffer unplaced;

    Received(Stream stream) {
        this.stream = stream;
        this.lender = stream instanceof LendingStream lending ? lending : null;
    }

    int count() {
        return data.remaining();
    }

    long taken() {
        return taken;
    }

    byte at(int index) {
        return data.get(data.position() + index);
    }

    /** Where these bytes begin, at this index or behind it; -1 if they are not here. */
    int indexOf(byte[] bytes, int from) {
        ByteBuffer in = data;
        byte first = bytes[0];
        int begin = in.position();
        int end = in.limit() - bytes.length;
        for (int i = begin + from; i <= end; i++) {
            if (in.get(i) == first && isAt(i, bytes)) {
                return i - begin;
            }
        }
        return -1;
    }

    private boolean isAt(int index, byte[] bytes) {
        for (int i = 1; i < bytes.length; i++) {
            if (data.get(index + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    byte[] copy(int count) {
        byte[] bytes = new byte[count];
        data.get(data.position(), bytes);
        return bytes;
    }

    ByteBuffer peek(int count) {
        return data.slice(data.position(), count);
    }

    ByteBuffer take(int count) {
        ByteBuffer bytes = peek(count);
        skip(count);
        return bytes;
    }

    void skip(int count) {
        data.position(data.position() + count);
        taken += count;
        if (data.hasRemaining()) {
            return;
        } else if (unplaced != null) {
            borrow(unplaced);
            unplaced = null;
        } else if (isLent) {
            data = NOTHING; // whoever is lent it next has the same buffer, with bytes of its own
            isLent = false;
        }
    }

    /** Takes as much as is here and has room. */
    void moveTo(ByteBuffer into) {
        int count = Math.min(into.remaining(), data.remaining());
        into.put(into.position(), data, data.position(), count);
        into.position(into.position() + count);
        skip(count);
    }

    /** Reads what comes next, if nothing is here any more; false at the end of the stream. */
    boolean readTo(ByteBuffer into) throws IOException {
        if (data.hasRemaining()) {
            moveTo(into);
            return true;
        }
        int before = into.position();
        isReceiving = true;
        boolean hasEnded;
        try {
            hasEnded = stream.read(into) < 0;
        } finally {
            isReceiving = false;
            taken += into.position() - before;
        }
        return !hasEnded && hasProgress(into.position() - before);
    }

    /** Waits for more behind what is here; false at the end of the stream. */
    boolean receive() throws IOException {
        isReceiving = true;
        try {
            return lender == null ? readMore() : borrowMore(lender);
        } finally {
            isReceiving = false;
        }
    }

    private boolean borrowMore(LendingStream from) throws IOException {
        if (!data.hasRemaining()) {
            data = NOTHING;
        } else if (isLent) {
            data = ByteBuffer.allocate(data.remaining()).put(data).flip();
        }
        isLent = false; // it goes back now
        ByteBuffer next = unplaced == null ? from.recvNext() : unplaced;
        if (next == null) {
            return false;
        }
        if (data.hasRemaining()) {
            unplaced = next;
            append(next);
            unplaced = null;
        } else {
            borrow(next);
        }
        return hasProgress(next.remaining());
    }

    private void borrow(ByteBuffer next) {
        data = next.order(ByteOrder.BIG_ENDIAN); // others may have set another
        isLent = true;
    }

    private void append(ByteBuffer next) {
        int count = next.remaining();
        makeRoom(count);
        int end = data.limit();
        data.limit(end + count).put(end, next, next.position(), count);
    }

    private boolean readMore() throws IOException {
        if (data.hasRemaining()) {
            makeRoom(1);
        } else if (data.capacity() == OWN_BYTES) {
            data.clear().limit(0);
        } else {
            data = ByteBuffer.allocate(OWN_BYTES).limit(0);
        }
        int begin = data.position();
        int end = data.limit();
        data.limit(data.capacity()).position(end);
        boolean hasEnded;
        try {
            hasEnded = stream.read(data) < 0;
        } finally {
            data.limit(data.position()).position(begin); // also of what came before a deadline
        }
        return !hasEnded && hasProgress(data.limit() - end);
    }

    /** Behind what is here, which moves to the front, or to a larger buffer. */
    private void makeRoom(int count) {
        int needed = Math.addExact(data.remaining(), count);
        if (data.capacity() - data.limit() >= count) {
            return;
        } else if (needed <= data.capacity()) {
            data.compact().flip();
            return;
        }
        long twice = Math.min(2L * data.capacity(), Integer.MAX_VALUE - 8);
        data = ByteBuffer.allocate(Math.max(needed, (int) twice)).put(data).flip();
    }

    /** A stream that brings nothing would be asked for ever. */
    private boolean hasProgress(int count) throws IOException {
        if (count == 0) {
            throw new IOException(stream + " has read nothing, and is not at its end");
        }
        return true;
    }

    void requireIdle() {
        if (isReceiving) {
            throw new IllegalStateException(
                    "another frame waits in this reader of " + stream + ": one at a time");
        }
    }
}
