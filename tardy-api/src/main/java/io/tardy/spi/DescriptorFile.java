package io.tardy.spi;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.fs.FileKind;

/** A file that is a Unix descriptor. */
public final class DescriptorFile extends FileHandle {

    private final int descriptor;

    /** Null for one that we have not opened: others may use it too. */
    private final AsyncOpenFlags flags;

    /** Null until somebody has asked the system. */
    private volatile FileKind kind;

    /** Takes over a descriptor that somebody else has opened, and may go on to use. */
    public DescriptorFile(int descriptor) {
        this(descriptor, null);
    }

    /** Takes over a descriptor that was opened like this. */
    public DescriptorFile(int descriptor, AsyncOpenFlags flags) {
        this.descriptor = descriptor;
        this.flags = flags;
    }

    /** The number; valid while an operation holds the file. */
    public int descriptor() {
        return descriptor;
    }

    /**
     * Whether operations on it wait until poll(2) says that it is ready, as those on pipes,
     * terminals and sockets do; on others they never wait, as far as anybody can tell.
     */
    boolean waitsUntilReady() {
        return switch (kind()) {
            case FIFO, SOCKET, CHARACTER_DEVICE -> true;
            default -> false;
        };
    }

    @Override
    public CurrentPosition currentPosition() {
        return switch (kind()) {
            case FIFO, SOCKET -> CurrentPosition.NONE;
            case CHARACTER_DEVICE -> hasOffsets() ? CurrentPosition.SYSTEMS : CurrentPosition.NONE;
            case UNKNOWN -> CurrentPosition.SYSTEMS;
            default -> {
                if (flags == null) {
                    yield CurrentPosition.SYSTEMS;
                } else if (flags.append()) {
                    // What is read behind an append begins where that has ended: who knows where.
                    yield flags.mode() == FileMode.WRITE
                            ? CurrentPosition.NONE
                            : CurrentPosition.SYSTEMS;
                }
                yield CurrentPosition.OURS;
            }
        };
    }

    @Override
    public boolean hasOffsets() {
        return switch (kind()) {
            case FIFO, SOCKET -> false;
            case CHARACTER_DEVICE -> LinuxCalls.isSeekable(descriptor);
            default -> true;
        };
    }

    /** The system answers without a look at the disk or the network. */
    private FileKind kind() {
        FileKind known = kind;
        if (known == null) {
            known = LinuxFiles.kindOf(descriptor);
            kind = known;
        }
        return known;
    }

    @Override
    public int closeDescriptor() {
        return LinuxCalls.close(descriptor);
    }

    @Override
    public String toString() {
        return "file " + descriptor;
    }
}
