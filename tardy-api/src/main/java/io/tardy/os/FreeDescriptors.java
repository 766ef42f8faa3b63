package io.tardy.os;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Descriptors that this process may still open. What opens some while its class is initialised is
 * lost for as long as the process runs where there are none ({@code NoClassDefFoundError}):
 * whatever asks before can try again later.
 */
public final class FreeDescriptors {

    /** On every system that limits descriptors. */
    private static final File ALWAYS_THERE = new File("/dev/null");

    private FreeDescriptors() {}

    /** Whether there are so many, at this moment; true also where that is unknown. */
    public static boolean areThere(int count) {
        if (!ALWAYS_THERE.exists()) {
            return true;
        }
        Deque<FileInputStream> opened = new ArrayDeque<>();
        try {
            for (int i = 0; i < count; i++) {
                opened.push(new FileInputStream(ALWAYS_THERE));
            }
            return true;
        } catch (FileNotFoundException e) {
            return false;
        } finally {
            opened.forEach(FreeDescriptors::close); // before all else: a class to load takes one
        }
    }

    private static void close(FileInputStream stream) {
        try {
            stream.close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
