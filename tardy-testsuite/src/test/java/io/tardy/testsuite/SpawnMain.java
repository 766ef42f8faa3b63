package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * A program for a JVM of its own: spawns one frame, or many runtimes, and prints what became of it.
 */
final class SpawnMain {

    private SpawnMain() {}

    public static void main(String[] args) throws IOException {
        Tardy.Builder builder = Tardy.builder().threading(Threading.single());
        if (List.of(args).contains("many")) {
            builder.threading(Threading.multi(200)).async(AsyncType.ofLabel(args[1]));
        }
        if (List.of(args).contains("group")) {
            group(builder);
            return;
        }
        try (Tardy tardy = builder.build()) {
            Object word = args.length == 0 ? "spawned" : tardy.backend();
            tardy.entry(word, (rt, said) -> rt.spawn(() -> say(said)));
        } catch (IllegalStateException | UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
    }

    /** Its loops are made with it, and never begun. */
    private static void group(Tardy.Builder builder) {
        try {
            TardyEventLoopGroup.builder().threads(200).tardy(builder.build()).build();
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }

    private static void say(Object word) throws IOException {
        Frame.delay(Duration.ofMillis(1)); // which suspends the frame
        System.out.println(word);
    }
}
