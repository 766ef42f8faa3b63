package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.FrameDump;
import io.tardy.RuntimeDump;
import io.tardy.TardyRuntime;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the contracts of dumps look up in them. */
final class Dumps {

    private Dumps() {}

    private static Optional<FrameDump> lookFor(RuntimeDump dump, String name) {
        assertThat(dump.stall()).as("%s", dump).isNull();
        return dump.frames().stream().filter(frame -> frame.name().equals(name)).findFirst();
    }

    /** A frame of a runtime that has answered. */
    static FrameDump find(RuntimeDump dump, String name) {
        return lookFor(dump, name)
                .orElseThrow(() -> new AssertionError(name + " is not in " + dump));
    }

    /** Once it waits. */
    static FrameDump waiting(TardyRuntime rt, String name) throws Exception {
        for (; ; Frame.yield()) { // it has perhaps not begun
            Optional<FrameDump> found = lookFor(rt.dump(), name);
            if (found.isPresent() && found.get().operation() != null) {
                return found.get();
            }
        }
    }

    /** As a thread of the JDK sees it. */
    static CompletableFuture<RuntimeDump> onAThread(TardyRuntime rt) {
        CompletableFuture<RuntimeDump> asked = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> asked.complete(rt.dump()));
        return asked;
    }

    /** A test's use of two runtimes. */
    @FunctionalInterface
    interface Body {
        void run(TardyRuntime rt, TardyRuntime other) throws Exception;
    }

    /** In the frame of one runtime; that of the other waits meanwhile. */
    static void besideAnother(TransportFixture fixture, Body body) throws Exception {
        CompletableFuture<Void> over = new CompletableFuture<>();
        fixture.inFrame(
                fixture.tardy(2),
                rt -> {
                    if (rt.id() == 1) {
                        rt.await(over);
                        return;
                    }
                    try {
                        body.run(rt, rt.siblings().get(1));
                    } finally {
                        over.complete(null);
                    }
                });
    }
}
