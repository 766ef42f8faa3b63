package io.tardy.runtime;

import java.lang.StackWalker.StackFrame;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Tells BlockHound what blocks a runtime: whoever has it on the class path has this, by its {@code
 * ServiceLoader}. Its own rules are for platform threads, whose every wait blocks them. Frames and
 * the loop are virtual threads: what suspends a frame is a wait like any other, and what reaches
 * the system stops the whole runtime.
 */
public final class BlockHoundRules implements BlockHoundIntegration {

    private static final String STINT = "io.tardy.runtime.Carrier$Stint";
    private static final String CHECK = "reactor.blockhound.BlockHoundRuntime";

    /** What BlockHound reports although it suspends a virtual thread: by class, the methods. */
    private static final Map<String, Set<String>> SUSPENDING =
            Map.of(
                    "java.lang.Object", Set.of("wait"),
                    "java.lang.Thread", Set.of("sleepNanos"),
                    "java.net.DatagramSocket", Set.of("connect"),
                    "java.net.ServerSocket", Set.of("implAccept"),
                    "java.net.Socket", Set.of("connect"),
                    "java.net.Socket$SocketInputStream", Set.of("read"),
                    "java.net.Socket$SocketOutputStream", Set.of("write"));

    /** For BlockHound. */
    public BlockHoundRules() {}

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Here, before any call is watched. Left to the first check, this begins inside that check,
        // and the JDK's pollers, which it starts, meet checks that cannot answer yet: they die,
        // and nobody is told. Each socket of the JDK's in a frame would wait for ever then.
        isOurs(Thread.ofVirtual().unstarted(() -> {}));
        // A file that the JDK reads at its first connect. Failed, its classes would be of no use to
        // any thread of the process any more.
        builder.allowBlockingCallsInside("sun.net.NetProperties", "loadDefaultProperties");
        // Of what the carrier runs each has a state of its own; the carrier itself may park.
        builder.allowBlockingCallsInside(STINT, "carry");
        builder.allowBlockingCallsInside(STINT, "awaitEnd");
        // It asks the system for a random number, as wrap and unwrap do, which Netty's rules allow.
        builder.allowBlockingCallsInside("sun.security.ssl.SSLEngineImpl", "beginHandshake");
        // A virtual thread sleeps without the native method that BlockHound knows.
        builder.markAsBlocking(Thread.class, "sleepNanos", "(J)V");
        builder.addDynamicThreadPredicate(BlockHoundRules::isOurs);
        builder.nonBlockingThreadPredicate(
                others -> others.or(thread -> isOurs(thread) && isBlocked(thread)));
    }

    private static boolean isOurs(Thread thread) {
        Executor scheduler = FrameFactory.schedulerOf(thread);
        return scheduler instanceof Task || scheduler instanceof SteppedCarrier;
    }

    /**
     * Whether the call that BlockHound has met holds up the runtime of this, the current thread.
     */
    private static boolean isBlocked(Thread thread) {
        boolean isLoop = RuntimeCore.ofThread() != null;
        if (!isLoop && !(FrameFactory.schedulerOf(thread) instanceof Task)) {
            return false; // started by a handler, and on the JDK's own scheduler
        }
        StackFrame call = StackWalker.getInstance().walk(BlockHoundRules::met);
        String type = call.getClassName();
        String method = call.getMethodName();
        if (method.equals("onSpinWait")) {
            return false; // locks of the JDK do it for a moment
        }
        return isLoop || !SUSPENDING.getOrDefault(type, Set.of()).contains(method);
    }

    private static StackFrame met(Stream<StackFrame> stack) {
        return stack.dropWhile(frame -> !frame.getClassName().equals(CHECK))
                .dropWhile(frame -> frame.getClassName().equals(CHECK))
                .findFirst()
                .orElseThrow();
    }
}
