package io.tardy.sim.disk;

import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.FileRequest;
import io.tardy.aio.OpenError;
import io.tardy.aio.OpenFile;
import io.tardy.aio.ReadError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ErrnoException;
import io.tardy.os.FileCalls;
import io.tardy.os.FileHandle;
import io.tardy.os.Outcome;
import io.tardy.os.RequestCalls;
import io.tardy.os.SocketHandle;
import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.time.Dice;
import io.tardy.sim.time.Trace;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/**
 * The file system of a simulated host, in memory: the calls of a real one with the outcomes and
 * error numbers of Linux, for one user who owns everything, with a umask of 022. Relative paths
 * that begin at no directory begin at the root. For one thread.
 *
 * <p>What a program has written can be taken by a {@link #crash} until it is durable: as soon as a
 * write to a file opened with {@link AsyncOpenFlags#sync} has ended, or {@link #sync} is called.
 * Both make the file's name durable too, and those of the directories that lead to it, as the usual
 * file systems of Linux do; that a file was deleted only {@link #sync} of its directory does.
 */
public final class Disk extends FileCalls {

    private final String host;
    private final Trace trace;
    final Tree tree;
    final Space space;
    final InstantSource clock;
    private final DiskRequests requests = new DiskRequests(this);
    private final Chance chance;
    private final Dice delays;
    private final Dice listings;
    private final Dice crashDice;
    DiskFaults faults;

    /** Which program uses it: the number of restarts. */
    private int program;

    /**
     * An empty disk.
     *
     * @param host the name of the host that has it, for the trace
     * @param dice for this disk alone
     * @param clock the time that files were used
     */
    public Disk(String host, Dice dice, Trace trace, InstantSource clock, DiskFaults faults) {
        this.host = Objects.requireNonNull(host, "host");
        this.trace = Objects.requireNonNull(trace, "trace");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.faults = Objects.requireNonNull(faults, "faults");
        this.tree = new Tree(clock);
        this.space = new Space(clock);
        this.chance = new Chance(dice.of("faults"));
        this.delays = dice.of("delays");
        this.listings = dice.of("listings");
        this.crashDice = dice.of("crashes");
    }

    /** Other faults from now on. */
    public void setFaults(DiskFaults faults) {
        this.faults = Objects.requireNonNull(faults, "faults");
    }

    /** How often each fault has happened, by its name; those that have not are not in it. */
    public Map<String, Long> reached() {
        return chance.reached();
    }

    /** Draws how long an operation takes that begins now, in virtual nanoseconds. */
    public long delayNanos(AsyncSubmission.OnFile submission) {
        long nanos = delays.between(faults.latencyNanosMin(), faults.latencyNanosMax());
        if (faults.slowNanosMax() > 0 && chance.has("slow disk", faults.slowChance())) {
            long more = delays.between(1, faults.slowNanosMax());
            trace("slow disk: " + more + " ns more to " + OperationName.of(submission));
            nanos += more;
        }
        return nanos;
    }

    /** {@link #run(AsyncSubmission.OnFile, long, BooleanSupplier)}: nothing here ever waits. */
    public Object run(AsyncSubmission.OnFile submission, long offset) {
        return run(submission, offset, () -> false);
    }

    @Override
    public Object run(AsyncSubmission.OnFile submission, long offset, BooleanSupplier isCancelled) {
        Object outcome = super.run(submission, offset, isCancelled);
        if (outcome instanceof Outcome.Failed failed) {
            trace(OperationName.of(submission) + " fails: " + Errno.describe(failed.errno()));
        }
        return outcome;
    }

    void trace(String what) {
        trace.add(host, what);
    }

    SimFile require(OpenFile handle) throws ErrnoException {
        if (!(handle instanceof SimFile file) || file.calls() != this) {
            throw new IllegalArgumentException(
                    handle + " is not of the disk of " + host + ", and cannot be used on it");
        }
        if (file.program != program) {
            throw new ErrnoException(Errno.EIO);
        }
        file.requireDescriptor();
        return file;
    }

    /** What a relative path begins at. */
    Node start(OpenFile directory) throws ErrnoException {
        return directory == null ? tree.root() : require(directory).node;
    }

    void mayFail(String fault, double probability) throws ErrnoException {
        if (chance.has(fault, probability)) {
            throw new ErrnoException(Errno.EIO);
        }
    }

    @Override
    protected FileHandle open(AsyncSubmission.Open open, BooleanSupplier isCancelled)
            throws ErrnoException {
        AsyncOpenFlags flags = open.flags();
        if (flags.create() && flags.directory()) {
            throw new ErrnoException(Errno.EINVAL);
        } else if (flags.unnamed()) { // as some file systems have it
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
        boolean follows = flags.followsLinks() && !(flags.create() && flags.exclusive());
        Tree.Place place = tree.find(start(open.file()), open.path(), follows);
        mayFail("path error", faults.pathErrorChance());
        Node node = place.node();
        boolean isNew = node == null && flags.create();
        if (isNew) {
            node = tree.addFile(place, flags.permissions());
        } else {
            Tree.requireOpenable(place.existing(), flags);
            if (flags.truncate()) {
                space.resize((Node.File) node, 0);
            }
        }
        node.opens++;
        SimFile file = new SimFile(this, node, flags, program);
        trace((isNew ? "create " : flags.truncate() ? "empty " : "open ") + node.path());
        return file;
    }

    @Override
    protected Void delete(AsyncSubmission.Delete delete) throws ErrnoException {
        Tree.Place place = tree.find(start(delete.file()), delete.path(), false);
        mayFail("path error", faults.pathErrorChance());
        tree.delete(place, delete.isDirectory());
        space.freeIfUnused(place.existing());
        trace((delete.isDirectory() ? "delete directory " : "delete ") + place.existing().path());
        return null;
    }

    @Override
    protected Void mkdir(AsyncSubmission.Mkdir mkdir) throws ErrnoException {
        Tree.Place place = tree.find(start(mkdir.file()), mkdir.path(), false);
        mayFail("path error", faults.pathErrorChance());
        if (place.node() != null) {
            throw new ErrnoException(Errno.EEXIST);
        }
        tree.addDirectory(place, mkdir.mode());
        trace("make directory " + place.parent().path().resolve(place.name()));
        return null;
    }

    @Override
    protected Void rename(AsyncSubmission.Rename rename) throws ErrnoException {
        Node start = start(rename.file());
        Tree.Place from = tree.locate(start, rename.path());
        Tree.Place to = tree.locate(start, rename.to());
        mayFail("path error", faults.pathErrorChance());
        Tree.Move move = tree.move(from, to);
        String path = move.node().path().toString();
        if (move.node() != move.replaced()) {
            tree.rename(move);
            if (move.replaced() != null) {
                space.freeIfUnused(move.replaced());
            }
        }
        trace("rename " + path + " to " + move.node().path());
        return null;
    }

    @Override
    protected Object stat(AsyncSubmission.StatPath stat) throws ErrnoException {
        Node start = start(stat.file());
        Node node =
                stat.path().toString().isEmpty()
                        ? start
                        : tree.find(start, stat.path(), stat.followsLinks()).existing();
        mayFail("path error", faults.pathErrorChance());
        trace("stat " + node.path());
        return node.stat();
    }

    @Override
    protected Integer read(AsyncSubmission.Read read, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        return read(require(read.file()), read.buffer(), offset);
    }

    private int read(SimFile file, ByteBuffer into, long offset) throws ErrnoException {
        if (file.flags.mode() == FileMode.WRITE) {
            throw new ErrnoException(Errno.EBADF);
        }
        long at = offset < 0 ? file.systemsPosition : offset;
        file.requireAligned(into, at);
        Content.requireInRange(at, into.remaining());
        if (!(file.node instanceof Node.File node)) {
            throw new ErrnoException(Errno.EISDIR);
        }
        mayFail("read error", faults.readErrorChance());
        int there = Math.clamp(node.content.size() - at, 0, into.remaining());
        int shorter = chance.shorten("short read", there, faults.shortReadChance());
        int count = file.whole(shorter, there);
        node.content.read(into, at, count);
        node.accessed = clock.instant();
        if (offset < 0) {
            file.systemsPosition += count;
        }
        trace("read " + count + " bytes at " + at + " of " + node.path());
        return count;
    }

    @Override
    protected Integer write(AsyncSubmission.Write write, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        return write(write, offset, require(write.file()).flags.sync());
    }

    private int write(AsyncSubmission.Write write, long offset, boolean syncs)
            throws ErrnoException {
        SimFile file = require(write.file());
        if (file.flags.mode() == FileMode.READ) { // as every directory
            throw new ErrnoException(Errno.EBADF);
        }
        ByteBuffer from = write.buffer();
        long asked = offset < 0 ? file.systemsPosition : offset;
        file.requireAligned(from, asked);
        Content.requireInRange(asked, from.remaining());
        if (!from.hasRemaining()) {
            return 0;
        }
        Node.File node = (Node.File) file.node;
        long at = file.flags.append() ? node.content.size() : asked;
        int count = write(file, node, from, at);
        if (syncs) {
            try {
                syncNow(node);
            } catch (ErrnoException e) {
                from.position(from.position() - count);
                throw e;
            }
        }
        if (offset < 0) {
            file.systemsPosition = at + count;
        }
        trace("write " + count + " bytes at " + at + " of " + node.path());
        return count;
    }

    private int write(SimFile file, Node.File node, ByteBuffer from, long at)
            throws ErrnoException {
        if (at >= Content.BYTES_MAX) {
            throw new ErrnoException(Errno.EFBIG);
        }
        int wanted = (int) Math.min(from.remaining(), Content.BYTES_MAX - at);
        if (chance.has("write error", faults.writeErrorChance())) {
            space.put(
                    node,
                    from.duplicate(),
                    at,
                    space.room(node, at, chance.upTo(wanted), faults.capacityBytes()));
            throw new ErrnoException(Errno.EIO);
        }
        int shorter = chance.shorten("short write", wanted, faults.shortWriteChance());
        int taken = file.whole(shorter, wanted);
        int count = space.room(node, at, taken, faults.capacityBytes());
        if (count < taken) {
            chance.reached("disk full");
        }
        if (count == 0) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        space.put(node, from, at, count);
        return count;
    }

    @Override
    protected Void truncate(AsyncSubmission.Truncate truncate) throws ErrnoException {
        SimFile file = require(truncate.file());
        if (file.flags.mode() == FileMode.READ) { // as every directory
            throw new ErrnoException(Errno.EINVAL);
        } else if (truncate.length() > Content.BYTES_MAX) {
            throw new ErrnoException(Errno.EFBIG);
        }
        mayFail("write error", faults.writeErrorChance());
        Node.File node = (Node.File) file.node;
        space.resize(node, truncate.length());
        trace("truncate " + node.path() + " to " + truncate.length() + " bytes");
        return null;
    }

    /**
     * As {@link SocketHandle#doSendFile}. Of a socket that takes nothing at once it says {@code
     * ENOSYS}, so that the rest is copied: the poll transport cannot ask whether there is room
     * again.
     *
     * @param socket its {@link SocketHandle#send}
     */
    int send(SimFile handle, ToIntFunction<ByteBuffer> socket, long offset, int count) {
        try {
            SimFile file = require(handle);
            if (file.flags.mode() == FileMode.WRITE) {
                return -Errno.EBADF.number();
            } else if (!(file.node instanceof Node.File)) {
                return -Errno.EINVAL.number();
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect(Math.min(count, SimFile.SEND_BYTES_MAX));
            long at = offset < 0 ? file.systemsPosition : offset;
            if (read(file, bytes, at) == 0) {
                return 0;
            }
            int sent = socket.applyAsInt(bytes.flip());
            if (offset < 0 && sent > 0) {
                file.systemsPosition += sent;
            }
            return sent == -Errno.EAGAIN.number() ? -Errno.ENOSYS.number() : sent;
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    /** Closes a handle; one of a program that has ended has nothing any more. */
    void closed(SimFile file) {
        if (file.program == program) {
            file.node.opens--;
            requests.locks.releaseAll(file);
            space.freeIfUnused(file.node);
            trace("close " + file.node.path());
        }
    }

    /** In an order that is drawn, for a real one has none either. */
    @Override
    public List<DirEntry> list(FileHandle directory) throws TardyIOException {
        try {
            Node.Directory listed = Tree.requireListable(start(directory));
            try {
                return entries(listed);
            } catch (ErrnoException e) {
                throw listFailed(directory, e, ReadError.class);
            }
        } catch (ErrnoException e) {
            throw listFailed(directory, e, OpenError.class);
        }
    }

    private List<DirEntry> entries(Node.Directory directory) throws ErrnoException {
        if (!directory.hasName()) {
            throw new ErrnoException(Errno.ENOENT);
        }
        mayFail("path error", faults.pathErrorChance());
        List<DirEntry> entries = new ArrayList<>();
        directory.entries.forEach((name, entry) -> entries.add(new DirEntry(name, entry.kind())));
        for (int i = entries.size(); i > 1; i--) {
            Collections.swap(entries, i - 1, listings.below(i));
        }
        directory.accessed = clock.instant();
        trace("list " + entries.size() + " names of " + directory.path());
        return entries;
    }

    private <E extends Enum<E> & AsyncError> TardyIOException listFailed(
            FileHandle directory, ErrnoException e, Class<E> errors) {
        trace("list " + directory + " fails: " + Errno.describe(e.errno()));
        return new TardyIOException("list", errors, e.errno());
    }

    @Override
    protected RequestCalls requests() {
        return requests;
    }

    /** The process's own, which is real. */
    @Override
    public FileHandle standard(int number) {
        return FileCalls.system().standard(number);
    }

    /** A file's name becomes durable with it, as the usual file systems have it. */
    @Override
    protected Void sync(AsyncSubmission.Sync sync) throws ErrnoException {
        syncNow(require(sync.file()).node);
        trace("sync " + sync.file());
        return null;
    }

    private void syncNow(Node node) throws ErrnoException {
        boolean fails = chance.has("sync error", faults.syncErrorChance());
        if (node instanceof Node.File file) {
            if (fails) {
                file.content.syncFailed();
            } else {
                file.content.sync();
            }
        } else if (node instanceof Node.Directory directory && !fails) {
            directory.syncEntries();
        }
        if (fails) {
            throw new ErrnoException(Errno.EIO);
        }
        node.syncName();
    }

    /**
     * Does an operation, or not, that has begun and not ended when the host crashes; to be followed
     * by {@link #crash}. A write is not synced then, whatever its file was opened for, so that the
     * crash may tear it. Nobody hears of an outcome.
     */
    public void runUnfinished(AsyncSubmission.OnFile submission, long offset) {
        if (!crashDice.chance(0.5)) {
            return;
        }
        trace("unfinished: " + OperationName.of(submission));
        try {
            switch (submission) {
                case AsyncSubmission.Open open -> open(open, () -> false);
                case AsyncSubmission.Delete delete -> delete(delete);
                case AsyncSubmission.Mkdir mkdir -> mkdir(mkdir);
                case AsyncSubmission.Rename rename -> rename(rename);
                case AsyncSubmission.Write write -> {
                    ByteBuffer from = write.buffer().duplicate(); // its position is the caller's
                    write(
                            new AsyncSubmission.Write(write.file(), from, write.offset()),
                            offset,
                            false);
                }
                case AsyncSubmission.Sync sync -> sync(sync);
                case AsyncSubmission.Truncate truncate -> truncate(truncate);
                case FileRequest<?, ?> request -> requests.run(request);
                default -> {} // it changes nothing
            }
        } catch (ErrnoException e) {
            trace("unfinished: fails: " + Errno.describe(e.errno()));
        }
    }

    /**
     * The host has lost its power, or its kernel: what is durable stays, and of the rest what the
     * faults let it have, in no order. Then it is as after {@link #restart}.
     */
    public void crash() {
        new Crash(crashDice, chance, faults, this::trace).on(tree.root());
        restart();
    }

    /**
     * The host's program was killed and is started again, while the host has gone on: all that was
     * written stays, durable or not. The handles that were open are of no use from now on:
     * operations on them fail with EIO.
     */
    public void restart() {
        program++;
        space.clear();
        requests.locks.clear();
        tree.forEach(
                node -> {
                    node.opens = 0;
                    space.add(node);
                });
    }
}
