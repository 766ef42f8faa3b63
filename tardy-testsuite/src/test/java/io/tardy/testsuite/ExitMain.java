package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.io.IOException;
import java.time.Duration;

/**
 * A program for a JVM of its own, which ends itself while a shutdown hook closes what runs. Its end
 * is what is tested.
 */
final class ExitMain {

    private ExitMain() {}

    /**
     * @param args the transport, who calls {@code System.exit}, and how the hook ends the others
     */
    public static void main(String[] args) throws IOException {
        Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.multi(2))
                        .stopTimeout(Duration.ofDays(1))
                        .build();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    end(tardy, args[2]);
                                    System.out.println("ended");
                                }));
        tardy.entry("x", (rt, x) -> enter(rt, args[1]));
    }

    private static void end(Tardy tardy, String how) {
        if (how.equals("close")) {
            tardy.close();
        } else {
            tardy.drain(Duration.ofDays(1));
        }
    }

    private static Void waitForADay() throws IOException {
        Frame.delay(Duration.ofDays(1));
        return null;
    }

    private static void enter(TardyRuntime rt, String caller) {
        rt.spawn(() -> Frame.<Void>idle(null, ExitMain::waitForADay));
        if (rt.id() != 0) {
            return;
        }
        switch (caller) {
            case "entry" -> System.exit(3);
            case "task" -> rt.eventLoop().execute(() -> System.exit(3));
            case "frame" ->
                    rt.spawn(
                            () -> {
                                Frame.delay(Duration.ofMillis(1));
                                System.exit(3);
                            });
            default -> throw new IllegalArgumentException(caller);
        }
    }
}
