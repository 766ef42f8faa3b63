package io.tardy.examples.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tardy.Frame;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.examples.Directories;
import io.tardy.fs.File;
import io.tardy.stream.ByteReader;
import io.tardy.sync.Latch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of all changes, which only grows. Each record is a group of changes that were made durable
 * together: its length, a checksum, and the requests, filled up so that the next begins at a
 * multiple of 16 bytes. So the head of a record is never in two sectors of a disk.
 *
 * <p>Changes are collected in memory while the disk is busy with those before them. So there is one
 * record and one sync for all the connections that wait, however many they are; a connection waits
 * for its group with {@link #awaitDurable}, and then sends its replies.
 *
 * <p>A crash can tear the last record, which nobody was told of: it is cut when the file is opened.
 * Whatever else is wrong with the file no crash has done, and it is left as it is.
 */
final class AppendLog {

    /** Makes the changes of a record once more. */
    interface Replay {
        void replay(ByteBuffer record) throws ProtocolException, CommandException;
    }

    /** The file has failed: what was asked may be done, or not, and nobody is told. */
    static final class LostException extends IOException {
        private static final long serialVersionUID = 1L;

        LostException(Path path, IOException cause) {
            super(path + " cannot be written any more", cause);
        }
    }

    /** What is made durable together. */
    private static final class Group {
        private final Latch begun = new Latch(1);
        private final Latch ended = new Latch(1);
        private final RespWriter requests = new RespWriter();
        private boolean isDurable;

        Group() {
            requests.raw(new byte[HEAD_BYTES]); // filled in when it is written
        }

        boolean hasBegun() {
            return begun.count() == 0;
        }

        ByteBuffer record() {
            while (requests.size() % HEAD_BYTES != 0) {
                requests.raw(EMPTY_LINE); // which is no request
            }
            ByteBuffer record = requests.take();
            ByteBuffer content = record.slice(HEAD_BYTES, record.remaining() - HEAD_BYTES);
            int length = content.remaining();
            record.putInt(0, length).putInt(4, ~length).putLong(8, checksumOf(content));
            return record;
        }
    }

    private static final System.Logger LOG = System.getLogger(AppendLog.class.getName());

    /** The first bytes of the file, so that nobody else's is taken for one. */
    private static final byte[] MAGIC = "tardy redis log\n".getBytes(US_ASCII);

    private static final byte[] EMPTY_LINE = {'\n'};

    /** The length of what follows, its complement, and the checksum. */
    private static final int HEAD_BYTES = 16;

    /** More than what may wait, and the largest request. */
    private static final int RECORD_BYTES_MAX = 64 << 20;

    /** With so much in memory, the disk comes first. */
    private static final int PENDING_BYTES_MAX = 8 << 20;

    private final Path path;
    private final File file;
    private long end;
    private Group gathering = new Group();
    private Group committing; // null between two
    private IOException failure;

    private AppendLog(Path path, File file) {
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the log of this directory, and makes both if they are not there.
     *
     * @param replay gets what is in it
     * @throws IllegalStateException if another process has it, or it is not to be read
     */
    static AppendLog open(Path directory, Replay replay) throws IOException {
        Directories.make(directory);
        Path path = directory.resolve("redis.log");
        AsyncOpenFlags flags =
                AsyncOpenFlags.of(FileMode.READ_WRITE).withCreate().withPermissions(0600);
        File file = File.open(path, flags);
        boolean isOpen = false;
        try {
            if (file.tryLock(LockMode.EXCLUSIVE) == null) {
                throw new IllegalStateException(
                        path + " is in use: another server keeps its data there");
            }
            AppendLog log = new AppendLog(path, file);
            log.recover(replay);
            Directories.syncNames(directory);
            isOpen = true;
            return log;
        } finally {
            if (!isOpen) {
                file.close();
            }
        }
    }

    private void recover(Replay replay) throws IOException {
        long size = file.stat().size();
        ByteReader in = file.reader(RECORD_BYTES_MAX);
        byte[] magic = new byte[MAGIC.length];
        in.readExactly((int) Math.min(size, magic.length))
                .get(magic, 0, (int) Math.min(size, magic.length));
        if (!isMagic(magic, size <= magic.length)) {
            throw new IllegalStateException(path + " is no log of this server's");
        }
        if (size <= MAGIC.length) { // it was made, and no more
            file.writeAll(ByteBuffer.wrap(MAGIC), 0);
            end = MAGIC.length;
        } else {
            do {
                end = in.position();
            } while (replayNext(in, size, replay));
            if (end < size) {
                LOG.log(
                        Level.WARNING,
                        "{0}: the last {1} bytes are of a record that is not whole, and nobody was"
                                + " told that it is done: they are cut off",
                        path,
                        Long.toString(size - end));
                file.truncate(end);
            }
        }
        // A process that was killed may have left what the system has, but not the disk.
        file.sync();
    }

    /**
     * @param isNew that a crash may have left zeros in place of some
     */
    private static boolean isMagic(byte[] found, boolean isNew) {
        boolean isMagic = true;
        for (int i = 0; i < MAGIC.length; i++) {
            isMagic &= found[i] == MAGIC[i] || isNew && found[i] == 0;
        }
        return isMagic;
    }

    /** Returns false where no whole record follows. */
    private boolean replayNext(ByteReader in, long size, Replay replay) throws IOException {
        long left = size - in.position() - HEAD_BYTES;
        if (left < 0) {
            return false;
        }
        int length = in.readInt();
        int complement = in.readInt();
        long checksum = in.readLong();
        if (length == 0 && complement == 0 && checksum == 0) { // the disk has the rest, or nothing
            return false;
        }
        if (length < 1 || length > RECORD_BYTES_MAX || length != ~complement) {
            throw damaged();
        }
        if (length > left) {
            return false;
        }
        ByteBuffer record = in.readExactly(length);
        if (checksumOf(record) == checksum) {
            replay(record, replay);
            return true;
        }
        // A record is begun when the one before it is durable: a crash tears the last one only.
        if (length < left) {
            throw damaged();
        }
        return false;
    }

    private IllegalStateException damaged() {
        return new IllegalStateException(
                "%s is damaged at byte %d, and no crash does that. Restore it, or cut it there: what follows is lost then"
                        .formatted(path, end));
    }

    private void replay(ByteBuffer record, Replay replay) {
        try {
            replay.replay(record);
        } catch (ProtocolException | CommandException e) {
            throw new IllegalStateException(
                    "%s has a record at byte %d that this server does not know: %s"
                            .formatted(path, end, e.getMessage()));
        }
    }

    private static long checksumOf(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.duplicate());
        return checksum.getValue();
    }

    /** Adds a change, in memory. Does not wait. */
    void append(List<String> request) {
        gathering.requests.begin();
        try {
            gathering.requests.request(request);
        } catch (CommandException e) {
            throw new IllegalStateException("a request was let in that is too long", e);
        }
        gathering.begun.countDown();
    }

    /**
     * The data has something now that is not in the log, or in part: ends it, so that nobody is
     * told of that.
     */
    void fail(Throwable cause) {
        failure = new IOException(path + " has not got a change", cause);
        gathering.begun.countDown();
    }

    /** Whether so much waits for the disk that nothing more is to be added meanwhile. */
    boolean isFull() {
        return gathering.requests.size() > PENDING_BYTES_MAX;
    }

    /**
     * Waits until everything is durable that was appended before, by whomever: a reply may tell of
     * it, and must not tell of what a crash then takes.
     */
    void awaitDurable() throws IOException {
        Group last = gathering.hasBegun() ? gathering : committing;
        if (last != null) {
            last.ended.await();
            if (!last.isDurable) {
                throw new LostException(path, failure);
            }
        }
    }

    /**
     * Makes group after group durable, until the frame is cancelled or the file fails. Then nobody
     * knows what the disk has, and the log can only be opened again.
     */
    void commitAll() throws IOException {
        try (file) {
            for (; ; ) {
                gathering.begun.await();
                Frame.yield(); // whoever is about to add something does it now
                if (failure != null) {
                    throw failure;
                }
                committing = gathering;
                gathering = new Group();
                commit(committing);
                committing = null;
            }
        } catch (IOException e) {
            failure = e;
            throw e;
        } finally {
            if (committing != null) {
                committing.ended.countDown();
            }
            gathering.begun.countDown(); // for those who still come
            gathering.ended.countDown();
        }
    }

    private void commit(Group group) throws IOException {
        ByteBuffer record = group.record();
        int count = record.remaining();
        if (count - HEAD_BYTES > RECORD_BYTES_MAX) { // it could not be read
            throw new IOException(path + ": a record of " + count + " bytes is too long");
        }
        file.writeAll(record, end);
        file.syncData();
        end += count;
        group.isDurable = true;
        group.ended.countDown();
    }
}
