package io.tardy.spi;

/** A file that is a Unix descriptor. */
public final class DescriptorFile extends FileHandle {

    private final int descriptor;
    private volatile FileWaiting waiting;

    /** How an operation on the file waits. */
    enum FileWaiting {
        /** Not at all, as far as anybody can tell: regular files and directories. */
        NEVER,
        /** Until poll(2) says that it is ready: pipes, terminals, sockets. */
        UNTIL_READY
    }

    /** Takes over an open descriptor. */
    public DescriptorFile(int descriptor) {
        this.descriptor = descriptor;
    }

    /** The number; valid while an operation holds the file. */
    public int descriptor() {
        return descriptor;
    }

    /** How operations on it wait, or null if nobody has asked the system yet. */
    FileWaiting waiting() {
        return waiting;
    }

    void waiting(FileWaiting waiting) {
        this.waiting = waiting;
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
