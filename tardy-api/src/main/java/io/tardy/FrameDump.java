package io.tardy;

import io.tardy.aio.TaskState;
import io.tardy.runtime.FrameLook;
import io.tardy.runtime.WaitTarget;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one frame was doing when its {@link RuntimeDump} was taken. Any thread may read it. */
public final class FrameDump {

    private final FrameLook look;
    private final long turns;
    private final @Nullable Duration waiting;

    /** Made when somebody asks: of ten thousand sockets few are looked at. */
    private @Nullable String target;

    /**
     * @param turns how many turns of the loop ago the wait has begun
     * @param waitingNanos about how long ago that is; -1 if nobody knows
     */
    FrameDump(FrameLook look, long turns, long waitingNanos) {
        this.look = look;
        this.turns = turns;
        this.waiting = waitingNanos < 0 ? null : Duration.ofNanos(waitingNanos);
    }

    /** The name that it was spawned with, or was given. */
    public String name() {
        return look.name();
    }

    /** Whether it waits, and for what kind of thing. */
    public TaskState state() {
        return look.state();
    }

    /** Whether it had its runtime's thread: it has asked for the dump itself. */
    public boolean isRunning() {
        return look.runs();
    }

    /** Whether it was cancelled, and has not ended yet. */
    public boolean isCancelled() {
        return look.isCancelled();
    }

    /**
     * What it waits for; null if it does not wait.
     *
     * <ul>
     *   <li>The operation's name for what Tardy does: {@code recv}, {@code timer}, {@code offload},
     *       {@code join}, {@code await} (a future, a latch), {@code lock} (a mutex too), {@code
     *       select}, {@code call}, {@code triggerAwait}.
     *   <li>In the JDK {@code lock}, {@code synchronized}, {@code future}, {@code sleep} (any wait
     *       with a time and without an object, {@code Object.wait(millis)} too), {@code wait}, or
     *       {@code park} for all that does not say: the JDK tells no more than what kind of object
     *       its threads wait at.
     * </ul>
     */
    public @Nullable String operation() {
        return look.operation();
    }

    /**
     * What it is an operation on, for people to read: the socket with its addresses, the file or
     * its path, the frame that is joined, the mutex and who has it, the delay that was asked for.
     * Of what is not Tardy's only the class is named, and a number that tells one from the other.
     * Null if nobody knows.
     *
     * <p>It is described when this is first called, as it is by then: a mutex may have another
     * owner, and a socket that is closed is told without its addresses. The dump keeps it from the
     * collector.
     */
    public @Nullable String target() {
        if (target == null) {
            target = WaitTarget.describe(look.target());
        }
        return target;
    }

    /** How many turns of its runtime's loop the wait has lasted; 0 if it does not wait. */
    public long turns() {
        return turns;
    }

    /**
     * About how long it has waited. A frame that begins to wait does not look at the clock: it
     * remembers the turn of the loop, and a thread that looks four times in {@link
     * Tardy.Builder#stallAfter} knows when that was. So this is up to a quarter of that time less
     * than it was, and for a long wait up to a seventh less; it is more only by as long as that
     * turn has taken. A wait in the JDK begins anew whenever the JDK lets the thread look again.
     *
     * @return null if the frame does not wait, and if nobody looks because {@code stallAfter} is
     *     zero; {@link #turns} is known all the same
     */
    public @Nullable Duration waiting() {
        return look.operation() == null ? null : waiting;
    }

    /**
     * How much time is left until the nearest {@link Deadline} of its waits, negative if that has
     * passed; null without one.
     */
    public @Nullable Duration deadlineIn() {
        long nanos = look.deadlineNanos();
        return nanos == Long.MAX_VALUE ? null : Duration.ofNanos(nanos);
    }

    /** One line for people to read, whose form may change. */
    @Override
    public String toString() {
        String at = target();
        String what =
                look.operation() == null
                        ? look.runs() ? "runs" : "is runnable"
                        : "waits for " + look.operation();
        String since =
                look.operation() == null
                        ? ""
                        : waiting == null
                                ? ", for " + DumpText.turns(turns)
                                : ", for " + DumpText.duration(waiting);
        Duration left = deadlineIn();
        return DumpText.inOneLine(
                look.name()
                        + " "
                        + what
                        + (at == null ? "" : " (" + at + ")")
                        + since
                        + (left == null ? "" : ", deadline in " + DumpText.duration(left))
                        + (look.isCancelled() ? ", cancelled" : ""));
    }
}
