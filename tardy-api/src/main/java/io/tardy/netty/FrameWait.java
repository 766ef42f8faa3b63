package io.tardy.netty;

import io.netty.channel.Channel;
import io.tardy.TardyRuntime;
import io.tardy.runtime.TaskScheduler;
import io.tardy.runtime.WaitReason;
import java.io.IOException;

/** The only frame that waits in one direction of a channel; on its runtime's thread. */
final class FrameWait implements WaitReason {

    private static final long NONE = -1;

    private final TardyRuntime runtime;
    private final TaskScheduler tasks;
    private final Channel channel;
    private final String operation;
    private final String verb;
    private long task = NONE;

    /**
     * @param operation what a frame does here, for who looks at it
     * @param verb the same, before the channel, for the message to another frame
     */
    FrameWait(
            TardyRuntime runtime,
            TaskScheduler tasks,
            Channel channel,
            String operation,
            String verb) {
        this.runtime = runtime;
        this.tasks = tasks;
        this.channel = channel;
        this.operation = operation;
        this.verb = verb;
    }

    @Override
    public String operation() {
        return operation;
    }

    @Override
    public Object target() {
        return channel;
    }

    /** Waits until woken, for the operation of this name; in the frame. */
    void await(String name) throws IOException {
        if (task != NONE) {
            throw new IllegalStateException("another frame " + verb + " " + channel);
        }
        task = tasks.currentTask(name);
        try {
            tasks.triggerAwait(name, this);
        } finally {
            task = NONE;
        }
    }

    void wake() {
        if (task != NONE) {
            runtime.trigger(task);
        }
    }
}
