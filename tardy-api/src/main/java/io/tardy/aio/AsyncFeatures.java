package io.tardy.aio;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The operations that a transport does natively. What is missing here still works: the runtime does
 * it another way, with the same result and the same errors.
 *
 * @param ops those that are native; unmodifiable
 */
public record AsyncFeatures(Set<AsyncOp> ops) {

    public AsyncFeatures {
        ops = Collections.unmodifiableSet(EnumSet.copyOf(ops));
    }

    /** Features of exactly these operations. */
    public static AsyncFeatures of(AsyncOp first, AsyncOp... rest) {
        return new AsyncFeatures(EnumSet.of(first, rest));
    }

    /** Whether the transport does this operation natively. */
    public boolean hasCapability(AsyncOp op) {
        return ops.contains(op);
    }
}
