package io.tardy.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What a frame waits for that waits for a trigger: the blocker of its thread, for who looks at the
 * frame meanwhile. Where there is no more to say than a name, the name itself is the blocker.
 */
public interface WaitReason {

    /** The name of the operation. */
    String operation();

    /** What it is an operation on, or null if nobody knows. */
    @Nullable Object target();

    /** Of these two. */
    static WaitReason of(String operation, Object target) {
        return new Plain(operation, target);
    }

    /** Nothing but a reason. */
    record Plain(String operation, Object target) implements WaitReason {}
}
