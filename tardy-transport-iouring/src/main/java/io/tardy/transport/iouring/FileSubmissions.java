package io.tardy.transport.iouring;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncSubmission.ByThread;
import io.tardy.aio.AsyncSubmission.CloseFile;
import io.tardy.aio.AsyncSubmission.Delete;
import io.tardy.aio.AsyncSubmission.Mkdir;
import io.tardy.aio.AsyncSubmission.OnFile;
import io.tardy.aio.AsyncSubmission.Open;
import io.tardy.aio.AsyncSubmission.Read;
import io.tardy.aio.AsyncSubmission.Rename;
import io.tardy.aio.AsyncSubmission.SendFile;
import io.tardy.aio.AsyncSubmission.StatPath;
import io.tardy.aio.AsyncSubmission.Sync;
import io.tardy.aio.AsyncSubmission.Truncate;
import io.tardy.aio.AsyncSubmission.Write;
import io.tardy.aio.Errno;
import io.tardy.os.DescriptorFile;
import io.tardy.os.LinuxFiles;
import io.tardy.os.NativeMemory;
import io.tardy.os.Outcome;
import io.tardy.os.PathBytes;
import io.tardy.spi.Operation;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;

/** Turns operations on files into submissions, and completions into their results. */
final class FileSubmissions {

    /** Heap buffers go through memory of this size. */
    private static final int HEAP_BYTES_MAX = 64 * 1024;

    private static final int SPARES_MAX = 256;

    private final ByteBufAllocator allocator;

    /** Those of reads and writes that are over, for others. */
    private final ArrayDeque<InFlight> spares = new ArrayDeque<>();

    FileSubmissions(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    InFlight prepare(Operation operation) {
        return switch ((OnFile) operation.submission()) {
            case Open open -> open(operation, open);
            case Delete delete -> delete(operation, delete);
            case Mkdir mkdir -> mkdir(operation, mkdir);
            case Rename rename -> rename(operation, rename);
            case StatPath stat -> stat(operation, stat);
            case Read read -> read(operation, read);
            case Write write -> write(operation, write);
            case SendFile send -> throw new IllegalArgumentException("not a feature: " + send);
            case ByThread<?, ?> request ->
                    throw new IllegalArgumentException("not a feature: " + request);
            case Sync sync -> {
                int descriptor = ((DescriptorFile) sync.file()).descriptor();
                Sqe sqe = new Sqe().fsync(descriptor, sync.isDataOnly());
                yield new InFlight(operation, sqe, null);
            }
            case Truncate truncate -> {
                int descriptor = ((DescriptorFile) truncate.file()).descriptor();
                Sqe sqe = new Sqe().ftruncate(descriptor, truncate.length());
                yield new InFlight(operation, sqe, null);
            }
            case CloseFile close -> {
                int descriptor = ((DescriptorFile) close.file()).descriptor();
                yield new InFlight(operation, new Sqe().close(descriptor), null);
            }
        };
    }

    /**
     * Without a wait: for a FIFO's other end one of few threads of the kernel's would wait, and all
     * opens behind it. What one would have waited for in open, one waits for in read.
     */
    private InFlight open(Operation operation, Open open) {
        ByteBuf path = path(open.path(), 0);
        Sqe sqe =
                new Sqe()
                        .openat(
                                LinuxFiles.directory(open.file()),
                                NativeMemory.addressOf(path),
                                LinuxFiles.openFlags(open.flags()) | LinuxFiles.O_NONBLOCK,
                                open.flags().permissions());
        return new InFlight(operation, sqe, path);
    }

    private InFlight delete(Operation operation, Delete delete) {
        ByteBuf path = path(delete.path(), 0);
        Sqe sqe =
                new Sqe()
                        .unlinkat(
                                LinuxFiles.directory(delete.file()),
                                NativeMemory.addressOf(path),
                                delete.isDirectory() ? LinuxFiles.AT_REMOVEDIR : 0);
        return new InFlight(operation, sqe, path);
    }

    private InFlight mkdir(Operation operation, Mkdir mkdir) {
        ByteBuf path = path(mkdir.path(), 0);
        Sqe sqe =
                new Sqe()
                        .mkdirat(
                                LinuxFiles.directory(mkdir.file()),
                                NativeMemory.addressOf(path),
                                mkdir.mode());
        return new InFlight(operation, sqe, path);
    }

    /** One path comes behind the other, in the same memory. */
    private InFlight rename(Operation operation, Rename rename) {
        byte[] from = PathBytes.of(rename.path());
        byte[] to = PathBytes.of(rename.to());
        ByteBuf memory = allocator.directBuffer(from.length + 1 + to.length + 1);
        memory.writeBytes(from).writeByte(0).writeBytes(to).writeByte(0);
        long address = NativeMemory.addressOf(memory);
        Sqe sqe =
                new Sqe()
                        .renameat(
                                LinuxFiles.directory(rename.file()),
                                address,
                                address + from.length + 1);
        return new InFlight(operation, sqe, memory);
    }

    /** The answer comes before the path, in the same memory. */
    private InFlight stat(Operation operation, StatPath stat) {
        ByteBuf memory = path(stat.path(), LinuxFiles.STATX_BYTES);
        long address = NativeMemory.addressOf(memory);
        Sqe sqe =
                new Sqe()
                        .statx(
                                LinuxFiles.directory(stat.file()),
                                address + LinuxFiles.STATX_BYTES,
                                LinuxFiles.statFlags(stat.path(), stat.followsLinks()),
                                LinuxFiles.STATX_MASK,
                                address);
        return new InFlight(operation, sqe, memory);
    }

    private InFlight read(Operation operation, Read read) {
        int descriptor = ((DescriptorFile) read.file()).descriptor();
        ByteBuffer into = read.buffer();
        InFlight inFlight = take();
        if (into.isDirect()) {
            long address = read.address() + into.position();
            inFlight.sqe().read(descriptor, address, into.remaining(), offset(operation));
            return inFlight.begin(operation, null);
        }
        int length = Math.min(into.remaining(), HEAP_BYTES_MAX);
        ByteBuf memory = allocator.directBuffer(length);
        long address = NativeMemory.addressOf(memory);
        inFlight.sqe().read(descriptor, address, length, offset(operation));
        return inFlight.begin(operation, memory);
    }

    private InFlight write(Operation operation, Write write) {
        int descriptor = ((DescriptorFile) write.file()).descriptor();
        ByteBuffer from = write.buffer();
        InFlight inFlight = take();
        if (from.isDirect()) {
            long address = write.address() + from.position();
            inFlight.sqe().write(descriptor, address, from.remaining(), offset(operation));
            return inFlight.begin(operation, null);
        }
        int length = Math.min(from.remaining(), HEAP_BYTES_MAX);
        ByteBuf memory = allocator.directBuffer(length);
        memory.writeBytes(from.slice(from.position(), length));
        long address = NativeMemory.addressOf(memory);
        inFlight.sqe().write(descriptor, address, length, offset(operation));
        return inFlight.begin(operation, memory);
    }

    private InFlight take() {
        InFlight spare = spares.poll();
        return spare == null ? new InFlight(null) : spare;
    }

    /** It is over, and has no slot: the next one may have it. */
    void recycle(InFlight ended) {
        if (spares.size() < SPARES_MAX) {
            ended.next(null);
            spares.add(ended);
        }
    }

    /**
     * What has no positions, and what is appended, ignores the offset; all other operations are
     * given one. The kernel's own position is never used: it does not move it for a write that it
     * had to begin anew, and gives it to two reads at once.
     */
    private static long offset(Operation operation) {
        return Math.max(operation.offset(), 0);
    }

    /**
     * @param result as of the system call, or a negated error number
     */
    void complete(InFlight inFlight, int result) {
        Operation operation = inFlight.operation();
        AsyncSubmission<?, ?> submission = operation.submission();
        if (submission instanceof CloseFile && result == -Errno.EINTR.number()) {
            operation.succeed(null); // interrupted, and closed all the same
        } else if (isOfFifoWithoutReader(submission, result) && !inFlight.isCancelRequested()) {
            operation.leave(); // a thread of ours waits for the reader
        } else if (mayBeTooNew(submission, result) && !inFlight.isCancelRequested()) {
            operation.leave(); // a thread of ours finds out
        } else if (result < 0) {
            operation.fail(-result);
        } else if (submission instanceof Open open) {
            opened(operation, DescriptorFile.openedToWait(result, open.flags()));
        } else if (submission instanceof StatPath) {
            ByteBuffer statx = inFlight.memory().nioBuffer(0, LinuxFiles.STATX_BYTES);
            operation.succeed(LinuxFiles.stat(MemorySegment.ofBuffer(statx)));
        } else if (submission instanceof Read read) {
            if (inFlight.memory() == null) {
                read.buffer().position(read.buffer().position() + result);
            } else {
                read.buffer().put(inFlight.memory().nioBuffer(0, result));
            }
            operation.succeed(result);
        } else if (submission instanceof Write write) {
            write.buffer().position(write.buffer().position() + result);
            operation.succeed(result);
        } else {
            operation.succeed(null);
        }
    }

    /** Kernels before 6.9 do not know it and say EINVAL, which is an answer to it as well. */
    private static boolean mayBeTooNew(AsyncSubmission<?, ?> submission, int result) {
        return submission instanceof Truncate && result == -Errno.EINVAL.number();
    }

    private static void opened(Operation operation, Object outcome) {
        if (outcome instanceof Outcome.Failed failure) {
            operation.fail(failure.errno());
        } else {
            operation.succeed(outcome);
        }
    }

    /**
     * Or of a device that is not there, which the thread finds out; or another process has a lease.
     */
    private static boolean isOfFifoWithoutReader(AsyncSubmission<?, ?> submission, int result) {
        return submission instanceof Open
                && (result == -Errno.ENXIO.number() || result == -Errno.EAGAIN.number());
    }

    /**
     * A path with the zero at its end.
     *
     * @param before how many bytes of memory to leave before it
     */
    private ByteBuf path(Path path, int before) {
        byte[] bytes = PathBytes.of(path);
        ByteBuf memory = allocator.directBuffer(before + bytes.length + 1);
        return memory.writeZero(before).writeBytes(bytes).writeByte(0);
    }
}
