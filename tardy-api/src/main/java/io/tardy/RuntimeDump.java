package io.tardy;

import io.tardy.runtime.FrameLook;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.RuntimeLook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of a runtime were doing at one moment; see {@link TardyRuntime#dump}. It does not
 * change, but for what {@link FrameDump#target} says.
 */
public final class RuntimeDump {

    private final String runtime;
    private final List<FrameDump> frames;
    private final int framesOmitted;
    private final @Nullable Stall stall;

    private RuntimeDump(
            String runtime, List<FrameDump> frames, int framesOmitted, @Nullable Stall stall) {
        this.runtime = runtime;
        this.frames = List.copyOf(frames);
        this.framesOmitted = framesOmitted;
        this.stall = stall;
    }

    static RuntimeDump of(RuntimeCore runtime) {
        RuntimeLook look = RuntimeLook.at(runtime);
        LongUnaryOperator waitingNanos = RuntimeLook.waitingNanos(runtime);
        List<FrameDump> frames = new ArrayList<>(look.frames().size());
        for (FrameLook frame : look.frames()) {
            boolean waits = frame.since() >= 0;
            frames.add(
                    new FrameDump(
                            frame,
                            waits ? look.turn() - frame.since() : 0,
                            waits ? waitingNanos.applyAsLong(frame.since()) : -1));
        }
        RuntimeLook.Held held = look.held();
        Stall stall =
                held == null
                        ? null
                        : new Stall(
                                Duration.ofNanos(held.forNanos()),
                                held.holder(),
                                held.stack(),
                                held.lock(),
                                held.lockOwner());
        return new RuntimeDump(runtime.toString(), frames, look.omitted(), stall);
    }

    /** Which runtime it is of, as its {@code toString} says. */
    public String runtime() {
        return runtime;
    }

    /** The frames that lived, in no order; none if the runtime did not answer. */
    public List<FrameDump> frames() {
        return frames;
    }

    /**
     * How many more there were: those that were spawned and had not begun, those beyond 100,000, or
     * all if the runtime did not answer.
     */
    public int framesOmitted() {
        return framesOmitted;
    }

    /**
     * Why the runtime did not answer within half a second: who has its thread, and in what. {@link
     * Stall#atLeast} is zero if its loop has turned meanwhile, and only has too much to do before.
     * Null if it has answered.
     */
    public @Nullable Stall stall() {
        return stall;
    }

    /**
     * A table for people to read, whose form may change. Frames that wait for the same operation,
     * and whose names differ in their numbers only, are one line, with the one of them that has
     * waited longest; there are at most 40 lines.
     */
    @Override
    public String toString() {
        return DumpText.of(this);
    }
}
