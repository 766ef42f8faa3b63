package io.tardy.examples.replica;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.examples.Directories;
import io.tardy.fs.File;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of records that only grows: for each its length, a checksum, and its bytes. A record is
 * durable once {@link #flush} has returned, for the file is opened with {@code sync}.
 *
 * <p>A crash can tear what was being written: its beginning may be there, or its end, or parts.
 * Records are read up to the first one that is not whole, which nobody was told of.
 */
public final class Journal implements AutoCloseable {

    private static final int HEAD_BYTES = 2 * Integer.BYTES;
    private static final int RECORD_BYTES_MAX = 1 << 20;

    private final File file;
    private final Flaw flaw;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private long appendedBytes;
    private long durableBytes;

    private Journal(File file, Flaw flaw) {
        this.file = file;
        this.flaw = flaw;
    }

    /**
     * Opens the journal of this directory, and makes both if they are not there.
     *
     * @param records gets those that are there
     */
    public static Journal open(Path directory, List<byte[]> records) throws IOException {
        return open(directory, records, Flaw.NONE);
    }

    static Journal open(Path directory, List<byte[]> records, Flaw flaw) throws IOException {
        Directories.make(directory);
        AsyncOpenFlags flags =
                AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(0600);
        File file =
                File.open(
                        directory.resolve("journal"),
                        flaw == Flaw.UNSYNCED_ACK ? flags : flags.withSync());
        try {
            Journal journal = new Journal(file, flaw);
            records.addAll(journal.recover());
            Directories.syncNames(directory);
            return journal;
        } catch (IOException | RuntimeException e) {
            try {
                file.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /**
     * Reads the records, and writes them once more, with zeros after them. A process that was
     * killed may have left records that the system has, but not the disk: they must not be believed
     * before they are durable. And what a crash has torn must not follow a shorter record of ours.
     */
    private List<byte[]> recover() throws IOException {
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.stat().size()));
        file.readAll(content, 0);
        content.flip();
        List<byte[]> records = new ArrayList<>();
        for (byte[] record; (record = next(content)) != null; ) {
            records.add(record);
        }
        int whole = content.position();
        while (content.hasRemaining()) {
            content.put((byte) 0);
        }
        if (flaw != Flaw.BELIEVED_CACHE) {
            file.writeAll(content.flip(), 0);
        }
        appendedBytes = whole;
        durableBytes = whole;
        return records;
    }

    /** The next record; null, and the position unchanged, if there is none that is whole. */
    private byte[] next(ByteBuffer content) {
        if (content.remaining() < HEAD_BYTES) {
            return null;
        }
        ByteBuffer rest = content.slice();
        int length = rest.getInt();
        int checksum = rest.getInt();
        if (length < 1 || length > Math.min(RECORD_BYTES_MAX, rest.remaining())) {
            return null;
        }
        byte[] record = new byte[length];
        rest.get(record);
        if (checksumOf(record) != checksum && flaw != Flaw.UNCHECKED_RECORD) {
            return null;
        }
        content.position(content.position() + HEAD_BYTES + length);
        return record;
    }

    private static int checksumOf(byte[] record) {
        CRC32C checksum = new CRC32C();
        checksum.update(record);
        return (int) checksum.getValue();
    }

    /** Adds a record, in memory: {@link #flush} makes it durable. Does not wait. */
    public void append(byte[] record) {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        head.putInt(record.length).putInt(checksumOf(record));
        pending.writeBytes(head.array());
        pending.writeBytes(record);
        appendedBytes += HEAD_BYTES + record.length;
    }

    /** How many bytes it has with all records, durable or not. */
    long appendedBytes() {
        return appendedBytes;
    }

    /** Up to where a crash takes nothing any more. */
    long durableBytes() {
        return durableBytes;
    }

    /**
     * Makes all records durable that were there when it was called. One frame calls it, for the
     * next write begins where the last has ended. After a failure nobody knows what the disk has:
     * the journal can only be closed, and opened again.
     */
    public void flush() throws IOException {
        ByteBuffer records = ByteBuffer.wrap(pending.toByteArray());
        pending.reset();
        int bytes = records.remaining();
        file.writeAll(records, durableBytes);
        durableBytes += bytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
