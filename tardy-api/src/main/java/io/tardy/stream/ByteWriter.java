package io.tardy.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tardy.os.LentBuffer;
import io.tardy.os.LentBuffers;
import io.tardy.runtime.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is written to a {@link Stream}, so that many small writes become one large. Nothing
 * reaches the stream for certain before {@link #flush}; closing the stream does not flush.
 *
 * <p>It holds at most {@link #BUFFER_BYTES}, and nothing once it was flushed: the memory is the
 * runtime's. What does not fit is sent at once, behind what is here; what is at least as long as
 * the buffer is not copied. So a write waits while the peer does not read, as the stream's own do.
 *
 * <p>If a call throws, because the stream fails, a deadline passes or the frame is cancelled, it is
 * known what has become of every byte: the stream has taken {@link #accepted} bytes, and the {@link
 * #buffered} ones that follow are here. After a deadline, {@link #flush} goes on where it was. A
 * failed write of a string, of an array or of a number has put all of it here; no other write is
 * accepted then until a flush has succeeded. Of a {@link ByteBuffer} the position tells what was
 * taken: write the rest again, behind what is here.
 *
 * <p>For one frame at a time. Numbers are written with their highest byte first.
 */
public final class ByteWriter {

    /** How much is collected. */
    public static final int BUFFER_BYTES = LentBuffers.BYTES;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Stream stream;

    /** What was written, up to its position; what the stream has taken of it, up to here. */
    private ByteBuffer buffer = NOTHING;

    private int sent;

    /** Where the buffer comes from; null if it is of our own. */
    private @Nullable LentBuffer lent;

    /** What is behind that: of a write that has failed. */
    private ByteBuffer unsent = NOTHING;

    private boolean isSending;
    private long accepted;

    ByteWriter(Stream stream) {
        this.stream = stream;
    }

    /**
     * Writes what remains in a buffer.
     *
     * @param from direct or heap; its position advances
     * @throws IllegalStateException if an earlier write has failed, and no flush has succeeded
     *     since
     */
    public void write(ByteBuffer from) throws IOException {
        requireReady();
        if (from.remaining() >= BUFFER_BYTES) {
            send(from);
            return;
        }
        if (!hasRoom(from.remaining())) {
            send(NOTHING);
        }
        memory().put(from);
    }

    /** Writes these bytes. See {@link #write(ByteBuffer)}. */
    public void write(byte[] bytes) throws IOException {
        writeWhole(ByteBuffer.wrap(bytes));
    }

    /** Writes a text in UTF-8, as {@link String#getBytes} does. */
    public void write(String text) throws IOException {
        writeWhole(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    /** Writes the lowest byte. */
    public void writeByte(int value) throws IOException {
        if (hasRoom(Byte.BYTES)) {
            memory().put((byte) value);
        } else {
            writeWhole(ByteBuffer.wrap(new byte[] {(byte) value}));
        }
    }

    /** Writes the lowest two bytes. */
    public void writeShort(int value) throws IOException {
        if (hasRoom(Short.BYTES)) {
            memory().putShort((short) value);
        } else {
            writeWhole(ByteBuffer.allocate(Short.BYTES).putShort(0, (short) value));
        }
    }

    /** Writes four bytes. */
    public void writeInt(int value) throws IOException {
        if (hasRoom(Integer.BYTES)) {
            memory().putInt(value);
        } else {
            writeWhole(ByteBuffer.allocate(Integer.BYTES).putInt(0, value));
        }
    }

    /** Writes eight bytes. */
    public void writeLong(long value) throws IOException {
        if (hasRoom(Long.BYTES)) {
            memory().putLong(value);
        } else {
            writeWhole(ByteBuffer.allocate(Long.BYTES).putLong(0, value));
        }
    }

    private boolean hasRoom(int count) {
        requireReady();
        return buffer.position() + count <= BUFFER_BYTES;
    }

    private void writeWhole(ByteBuffer from) throws IOException {
        boolean isDone = false;
        requireReady();
        try {
            write(from);
            isDone = true;
        } finally {
            if (!isDone) { // the array may be the caller's
                unsent =
                        ByteBuffer.wrap(
                                Arrays.copyOfRange(from.array(), from.position(), from.limit()));
            }
        }
    }

    /** Has the stream take everything that was written. If that fails, another flush goes on. */
    public void flush() throws IOException {
        requireIdle();
        send(unsent);
        unsent = NOTHING;
    }

    /** How many bytes the stream has taken since the writer was made. */
    public long accepted() {
        return accepted;
    }

    /** How many bytes were written that the stream has not taken. */
    public int buffered() {
        return buffer.position() - sent + unsent.remaining();
    }

    /** What is buffered, and then this. */
    private void send(ByteBuffer behind) throws IOException {
        ByteBuffer first = buffer;
        int end = first.position();
        long asked = (long) end - sent + behind.remaining();
        if (asked == 0) {
            return;
        }
        isSending = true;
        first.limit(end).position(sent);
        try {
            if (first.hasRemaining() && behind.hasRemaining()) {
                stream.writeAll(first, behind);
            } else {
                stream.writeAll(first.hasRemaining() ? first : behind);
            }
        } finally {
            isSending = false;
            accepted += asked - first.remaining() - behind.remaining();
            sent = first.position();
            first.limit(first.capacity()).position(end);
            if (sent == end) {
                letGo();
            }
        }
    }

    private ByteBuffer memory() {
        if (buffer == NOTHING) {
            Task task = Task.current();
            if (task == null) {
                buffer = ByteBuffer.allocate(BUFFER_BYTES);
            } else {
                lent = task.scheduler().runtime().lentBuffers().take();
                buffer = lent.lend(task, task.torn(), 0).clear().order(ByteOrder.BIG_ENDIAN);
            }
        }
        return buffer;
    }

    private void letGo() {
        buffer = NOTHING;
        sent = 0;
        LentBuffer held = lent;
        Task task = Task.current();
        lent = null;
        if (held != null && task != null) {
            held.giveBack(task, task.torn());
        }
    }

    private void requireReady() {
        requireIdle();
        if (unsent.hasRemaining()) {
            throw new IllegalStateException(
                    "an earlier write to "
                            + stream
                            + " has failed, and "
                            + buffered()
                            + " bytes are still here: flush first");
        }
    }

    private void requireIdle() {
        if (isSending) {
            throw new IllegalStateException(
                    "another frame waits in this writer to " + stream + ": one at a time");
        }
    }
}
