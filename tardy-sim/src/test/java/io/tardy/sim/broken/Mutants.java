package io.tardy.sim.broken;

import static io.tardy.sim.broken.Change.answer;
import static io.tardy.sim.broken.Change.constant;
import static io.tardy.sim.broken.Change.drop;
import static io.tardy.sim.broken.Change.first;
import static io.tardy.sim.broken.Change.variable;

import java.util.List;

/** All that is broken on purpose. */
final class Mutants {

    private Mutants() {}

    static List<Mutant> all() {
        return List.of(
                new Mutant(
                        "lost wake of the loop",
                        "the loop waits for events although a frame has asked for something",
                        "io.tardy.transport.poll.PollIoHandler",
                        "wakeup",
                        answer("mayWait", 0),
                        Scenario.TALK),
                new Mutant(
                        "due frames forgotten",
                        "a frame that another has woken is not resumed when that one is suspended",
                        "io.tardy.runtime.TaskScheduler",
                        "runFrame",
                        drop("resumeAll").only(1),
                        Scenario.SPAWNS),
                new Mutant(
                        "queue that grows wrong",
                        "the run queue loses what is before its head when it grows",
                        "io.tardy.runtime.RunQueue",
                        "grow",
                        drop("arraycopy").only(2),
                        Scenario.SPAWNS),
                new Mutant(
                        "task's number used again",
                        "a trigger that comes too late wakes whoever has the slot now",
                        "io.tardy.runtime.TaskPool",
                        "release",
                        constant(1, 0).only(1),
                        Scenario.SPAWNS),
                new Mutant(
                        "room that nobody hears of",
                        "a task that ends does not wake the frame that waits for room",
                        "io.tardy.runtime.TaskRoom",
                        "leave",
                        drop("wakeWaiter"),
                        Scenario.SPAWNS),
                new Mutant(
                        "join that misses the end",
                        "a frame that ends does not tell those that wait for it",
                        "io.tardy.FrameJoiners",
                        "tell",
                        drop("forEach"),
                        Scenario.SPAWNS),
                new Mutant(
                        "early timer",
                        "a timer expires up to a millisecond before its time",
                        "io.tardy.runtime.TimerQueue",
                        "pollExpired",
                        constant(0L, 1_000_000L),
                        Scenario.TIMERS),
                new Mutant(
                        "heap not mended",
                        "a timer that is given up leaves the heap of timers out of order",
                        "io.tardy.runtime.TimerQueue",
                        "remove",
                        drop("siftUp"),
                        Scenario.TIMERS),
                new Mutant(
                        "deadline that outlives its block",
                        "the timer of a deadline stays when its block has ended",
                        "io.tardy.runtime.DeadlineBlock",
                        "removeTimer",
                        drop("removeTimer"),
                        Scenario.TIMERS),
                new Mutant(
                        "cancel of a timer not told",
                        "a delay that is given up leaves its frame waiting",
                        "io.tardy.runtime.Async",
                        "cancel",
                        answer("remove", 0).only(2),
                        Scenario.TIMERS),
                new Mutant(
                        "cancel without an end",
                        "a cancel does not give up the operation that its frame waits for",
                        "io.tardy.runtime.Task",
                        "endWait",
                        drop("cancel"),
                        Scenario.CANCELS),
                new Mutant(
                        "slot used after release",
                        "a receive that was given up stays in its slot, and takes the next one's"
                                + " bytes",
                        "io.tardy.spi.ReadinessRegistration",
                        "cancel",
                        drop("reader"),
                        Scenario.CANCELS),
                new Mutant(
                        "completed twice",
                        "a receive that is over stays in its slot, and is tried again",
                        "io.tardy.spi.ReadinessRegistration",
                        "ready",
                        drop("reader").only(1),
                        Scenario.CANCELS),
                new Mutant(
                        "siblings go on",
                        "the failure of a frame does not cancel the others of its scope",
                        "io.tardy.Scope",
                        "childFailed",
                        drop("forEach"),
                        Scenario.SCOPES),
                new Mutant(
                        "close that does not cancel",
                        "a scope that is closed waits for its frames, and does not cancel them",
                        "io.tardy.Scope",
                        "endRest",
                        drop("forEach"),
                        Scenario.SCOPES),
                new Mutant(
                        "lost half-close",
                        "the end of a direction is not told to the system",
                        "io.tardy.os.SocketHandle",
                        "lambda$shutdownOutput",
                        drop("doShutdownOutput"),
                        Scenario.TALK),
                new Mutant(
                        "interest kept",
                        "the selector is asked for room to write that nobody waits for any more",
                        "io.tardy.transport.poll.PollRegistration",
                        "deliver",
                        constant(12, 0).only(2),
                        Scenario.TALK),
                new Mutant(
                        "short send taken for whole",
                        "what a send has not taken is not sent",
                        "io.tardy.net.Socket",
                        "sendAll",
                        answer("hasRemaining", 0),
                        Scenario.TALK),
                new Mutant(
                        "wait forgotten",
                        "a receive or an accept that was woken for nothing is not tried again",
                        "io.tardy.spi.ReadinessRegistration",
                        "ready",
                        drop("reader").only(2),
                        Scenario.CLOSINGS),
                new Mutant(
                        "close that nobody hears",
                        "a frame that waits on a socket is not told that it was closed",
                        "io.tardy.os.SocketLifetime",
                        "close",
                        drop("forEach"),
                        Scenario.CLOSINGS),
                new Mutant(
                        "socket never closed",
                        "the last that uses a closed socket does not close its descriptor",
                        "io.tardy.os.SocketLifetime",
                        "detach",
                        answer("closed", 0),
                        Scenario.CLOSINGS),
                new Mutant(
                        "file's position not moved",
                        "an operation that ends leaves the position of its file where it was",
                        "io.tardy.runtime.TaskOperation",
                        "completed",
                        answer("count", 0),
                        Scenario.FILES),
                new Mutant(
                        "position given to the dead",
                        "a read that gave up waiting for its turn still gets it, and keeps it",
                        "io.tardy.runtime.Async$Turn",
                        "giveUp",
                        drop("cancel"),
                        Scenario.FILES),
                new Mutant(
                        "position that is kept",
                        "a read that gives up just when its turn comes does not pass it on",
                        "io.tardy.os.FilePosition",
                        "cancel",
                        drop("release"),
                        Scenario.FILES),
                new Mutant(
                        "position not passed on",
                        "the frame whose turn it is at a file is not told",
                        "io.tardy.os.FilePosition",
                        "passOn",
                        drop("taken"),
                        Scenario.FILES),
                new Mutant(
                        "file closed too early",
                        "the first of those that use a closed file closes its descriptor, and the"
                                + " others once more",
                        "io.tardy.os.FileHandle",
                        "release",
                        answer("isEmpty", 1),
                        Scenario.FILES),
                new Mutant(
                        "message lost between runtimes",
                        "a message does not wake the runtime that waits for it",
                        "io.tardy.channel.Spsc$Producer",
                        "send",
                        drop("wake"),
                        Scenario.CHANNELS),
                new Mutant(
                        "full channel not told",
                        "the end of a channel's consumer is not told to the producer that waits",
                        "io.tardy.channel.Spsc$Consumer",
                        "close",
                        drop("wake").only(1),
                        Scenario.CHANNELS),
                new Mutant(
                        "half-close taken for a close",
                        "a channel whose peer has ended its direction is closed",
                        "io.tardy.netty.FramePipeline",
                        "handlerAdded",
                        answer("setOption", 0),
                        Scenario.PIPELINES),
                new Mutant(
                        "flush not told",
                        "the frame that waits for its writes does not hear of the last one",
                        "io.tardy.netty.FramePipeline",
                        "written",
                        drop("wake"),
                        Scenario.PIPELINES),
                new Mutant(
                        "half-close not heard",
                        "the frame that reads from a channel does not hear that its peer has ended",
                        "io.tardy.netty.FramePipeline",
                        "inputShutDown",
                        drop("endInput"),
                        Scenario.PIPELINES),
                new Mutant(
                        "schedule of Netty's forgotten",
                        "the loop waits longer than until the next task that is scheduled on it",
                        "io.tardy.runtime.TardyEventLoop$ReapContext",
                        "deadlineNanos",
                        first("min").only(1),
                        Scenario.PIPELINES),
                new Mutant(
                        "post after close",
                        "a WebSocket takes messages that it does not send any more",
                        "io.tardy.websocket.OutboundQueue",
                        "end",
                        drop("set"),
                        Scenario.POSTS),
                new Mutant(
                        "posts lost at the close",
                        "a WebSocket closes before it has sent what was posted",
                        "io.tardy.websocket.WebSocketSession",
                        "writeClose",
                        drop("writeAllPosted"),
                        Scenario.POSTS),
                new Mutant(
                        "unsynced acknowledgement",
                        "a program acknowledges what the disk does not have yet",
                        "io.tardy.sim.broken.RecordLog",
                        "isSync",
                        constant(1, 0),
                        Scenario.CRASHES),
                new Mutant(
                        "two leaders",
                        "a program counts its lease from the answer, not from the request",
                        "io.tardy.sim.broken.Lease",
                        "endNanos",
                        variable(0, 2),
                        Scenario.LEADERS));
    }
}
