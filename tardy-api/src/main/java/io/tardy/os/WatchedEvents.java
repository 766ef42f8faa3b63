package io.tardy.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Reads {@code struct inotify_event}s, one after the other, from a buffer; see inotify(7). */
public final class WatchedEvents {

    /** Has room for some, and for one with the longest name. */
    public static final int BYTES = 16 * 1024;

    /** Something was written, or cut off. */
    public static final int MODIFY = 0x2;

    /** Permissions, times, the owner or the number of names have changed. */
    public static final int ATTRIBUTES = 0x4;

    /** What was open to write was closed. */
    public static final int CLOSE_WRITE = 0x8;

    /** A name is gone by a rename. */
    public static final int MOVED_FROM = 0x40;

    /** A name is there by a rename. */
    public static final int MOVED_TO = 0x80;

    /** Something was made. */
    public static final int CREATE = 0x100;

    /** A name was deleted. */
    public static final int DELETE = 0x200;

    /** The directory is no more. */
    public static final int DELETE_SELF = 0x400;

    /** The directory was renamed. */
    public static final int MOVE_SELF = 0x800;

    /** Its file system is no more. */
    public static final int UNMOUNT = 0x2000;

    /** Events were lost. */
    public static final int OVERFLOW = 0x4000;

    /** The watch is over. */
    public static final int IGNORED = 0x8000;

    /** With others: what it is about is a directory. */
    public static final int OF_DIRECTORY = 0x40000000;

    /** What is asked for; the others are told in any case. */
    static final int MASK =
            MODIFY
                    | ATTRIBUTES
                    | CLOSE_WRITE
                    | MOVED_FROM
                    | MOVED_TO
                    | CREATE
                    | DELETE
                    | DELETE_SELF
                    | MOVE_SELF;

    private static final Path NO_NAME = Path.of("");

    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder()).limit(0);

    private int mask;
    private int cookie;
    private Path name = NO_NAME;

    /** Empty. */
    public WatchedEvents() {}

    /** To be read into from its position, when there is no next one. */
    public ByteBuffer room() {
        return buffer.clear();
    }

    /** What was read into {@link #room} is to be taken out, if anything was. */
    public void received() {
        buffer.flip();
    }

    /** Takes the next one out; false if there is none. */
    public boolean next() {
        if (!buffer.hasRemaining()) {
            return false;
        }
        buffer.getInt(); // of the one watch that there is, or -1
        mask = buffer.getInt();
        cookie = buffer.getInt();
        byte[] bytes = new byte[buffer.getInt()];
        buffer.get(bytes);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        name = length == 0 ? NO_NAME : PathBytes.path(java.util.Arrays.copyOf(bytes, length));
        return true;
    }

    /** What has happened, as bits. */
    public int mask() {
        return mask;
    }

    /** What both halves of a rename have in common; 0 of others. */
    public int cookie() {
        return cookie;
    }

    /** Of what; empty of the directory itself. */
    public Path name() {
        return name;
    }
}
