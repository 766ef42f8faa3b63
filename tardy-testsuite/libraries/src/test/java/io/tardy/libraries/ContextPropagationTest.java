package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.tardy.Frame;
import io.tardy.FrameDecorator;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.MDC;

/** Micrometer's context-propagation, and the context of SLF4J's log, in frames. */
@ExtendWith(LeakCheck.class)
class ContextPropagationTest {

    private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

    @AfterEach
    void forget() {
        forgetAll();
    }

    private static ContextRegistry registry() {
        return new ContextRegistry().registerThreadLocalAccessor("tenant", TENANT);
    }

    private static FrameDecorator carrySnapshots(ContextRegistry registry) {
        ContextSnapshotFactory snapshots =
                ContextSnapshotFactory.builder().contextRegistry(registry).build();
        return body -> snapshots.captureAll().wrap(body);
    }

    private static Callable<Object> carryLogContext(Callable<Object> body) {
        Map<String, String> here = MDC.getCopyOfContextMap();
        return () -> {
            MDC.setContextMap(here == null ? Map.of() : here);
            try {
                return body.call();
            } finally {
                MDC.clear();
            }
        };
    }

    private static Tardy.Builder carryingBoth(FrameDecorator snapshots) {
        return Tardy.builder().frameDecorator(body -> snapshots.decorate(carryLogContext(body)));
    }

    @OnEachTransport
    void snapshotsGoWithWhatIsStarted(AsyncType transport) throws Exception {
        requireCarried(
                Tardy.builder().frameDecorator(carrySnapshots(registry())),
                transport,
                TENANT::set,
                TENANT::get);
    }

    @OnEachTransport
    void theContextOfTheLogGoesWithWhatIsStarted(AsyncType transport) throws Exception {
        requireCarried(
                Tardy.builder().frameDecorator(ContextPropagationTest::carryLogContext),
                transport,
                tenant -> MDC.put("tenant", tenant),
                () -> MDC.get("tenant"));
    }

    @OnEachTransport
    void twoDecoratorsAreOneAroundTheOther(AsyncType transport) throws Exception {
        requireCarried(
                carryingBoth(carrySnapshots(registry())),
                transport,
                tenant -> {
                    TENANT.set(tenant);
                    MDC.put("tenant", tenant);
                },
                () -> TENANT.get() + MDC.get("tenant"),
                "acmeacme",
                "nullnull");
    }

    /** Sets a context. */
    @FunctionalInterface
    private interface Setter {
        void set(String tenant);
    }

    private static void requireCarried(
            Tardy.Builder builder, AsyncType transport, Setter setter, Callable<String> getter)
            throws Exception {
        requireCarried(builder, transport, setter, getter, "acme", null);
    }

    private static void requireCarried(
            Tardy.Builder builder,
            AsyncType transport,
            Setter setter,
            Callable<String> getter,
            String carried,
            String none)
            throws Exception {
        try (Tardy tardy = builder.async(transport).build()) {
            tardy.run(
                    () -> {
                        TardyRuntime rt = TardyRuntime.current();
                        assertThat(rt.offload(getter)).isEqualTo(none);
                        setter.set("acme");
                        assertThat(rt.spawnCall(getter).join()).isEqualTo(carried);
                        assertThat(rt.offload(getter)).isEqualTo(carried);
                        try (Scope scope = Scope.open()) {
                            Frame<String> child = scope.forkCall(getter);
                            scope.join();
                            assertThat(child.join()).isEqualTo(carried);
                        }
                        forgetAll();
                        for (int i = 0; i < 20; i++) { // on threads that have served before
                            assertThat(rt.offload(getter)).isEqualTo(none);
                        }
                        assertThat(rt.spawnCall(getter).join()).isEqualTo(none);
                    });
            setter.set("acme");
            assertThat(tardy.runCall(getter)).as("where run is called").isEqualTo(carried);
        }
    }

    private static void forgetAll() {
        TENANT.remove();
        MDC.clear();
    }
}
