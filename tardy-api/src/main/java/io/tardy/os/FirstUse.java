package io.tardy.os;

import java.util.Optional;

/** The first use of one of Netty's native libraries, which Netty tries to load only once. */
public final class FirstUse {

    private volatile boolean isPast;

    /** Nobody has used it yet. */
    public FirstUse() {}

    /**
     * To be asked before each use. Once the answer was nothing, it stays.
     *
     * @return why the library cannot be loaded for now, or nothing
     */
    public Optional<String> refusal() {
        if (isPast) {
            return Optional.empty();
        }
        Optional<String> missing = NativeLibrary.missingForNow();
        isPast = missing.isEmpty();
        return missing;
    }
}
