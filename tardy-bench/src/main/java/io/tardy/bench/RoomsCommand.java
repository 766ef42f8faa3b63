package io.tardy.bench;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Sessions in rooms of a chat that run on while parts of it are killed: one that is cut comes back
 * at once. Those that were connected all the time have heard everything, each speaker in its order
 * and nothing twice; and everybody is back in the end. Who kills what is not its business.
 */
@Command(
        name = "rooms",
        description =
                "Sessions in rooms of a chat, which come back when they are cut; what each hears"
                        + " is checked. --transport is the sessions'.",
        mixinStandardHelpOptions = true)
final class RoomsCommand implements Callable<Integer> {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int SPARE_SECONDS = 20;
    private static final double NANOS_PER_MS = 1e6;

    @Mixin private TransportOption transport;

    @Option(names = "--port", required = true, description = "Of the chat, at 127.0.0.1.")
    private int port;

    @Option(names = "--sessions", description = "How many (default: 200).")
    private int sessions = 200;

    @Option(names = "--members", description = "Sessions in each room (default: 10).")
    private int members = 10;

    @Option(names = "--seconds", description = "How long they talk (default: 10).")
    private int seconds = 10;

    @Option(names = "--pause", description = "Ms between two messages of one (default: 1000).")
    private int pauseMs = 1000;

    @Option(
            names = "--within",
            description = "Seconds until the last is heard and the last is back (default: 30).")
    private int withinSeconds = 30;

    @Option(
            names = "--killed",
            description =
                    "Some sessions must have been cut, but not all; Redis must have been away.")
    private boolean killed;

    @Option(names = "--seed", description = "For when who begins to talk.")
    private long seed = System.nanoTime();

    @Override
    public Integer call() throws Exception {
        Watchdog.start(
                CONNECT_MAX.plus(Duration.ofSeconds(seconds + withinSeconds + SPARE_SECONDS)));
        System.out.printf(
                "rooms: %d sessions, %d in each room, each says something every %d ms for %d s;"
                        + " seed %d%n",
                sessions, members, pauseMs, seconds, seed);
        try (Tardy tardy =
                Tardy.builder().async(transport.type()).threading(Threading.single()).build()) {
            return tardy.runCall(this::run);
        }
    }

    private int run() throws Exception {
        TardyRuntime rt = TardyRuntime.current();
        SplittableRandom random = new SplittableRandom(seed);
        List<RoomBook> books = new ArrayList<>();
        List<RoomGuest> guests = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            if (i % members == 0) {
                books.add(new RoomBook("r" + i / members));
            }
            RoomGuest guest = new RoomGuest(port, "g" + i, books.getLast(), random.split());
            guests.add(guest);
            rt.spawn(guest + " is there", guest::stay);
        }
        Claims claims = new Claims();
        if (!await(CONNECT_MAX, () -> guests.stream().allMatch(RoomGuest::isHere))) {
            claims.require(false, "everybody is connected after " + CONNECT_MAX);
            return claims.status();
        }
        books.forEach(RoomBook::open);
        System.out.println("talking");
        System.out.flush();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        List<Frame<?>> talking = new ArrayList<>();
        for (RoomGuest guest : guests) {
            talking.add(
                    rt.spawn(guest + " talks", () -> guest.talk(Duration.ofMillis(pauseMs), end)));
        }
        for (Frame<?> each : talking) {
            each.join();
        }
        await(
                Duration.ofSeconds(withinSeconds),
                () ->
                        guests.stream().allMatch(RoomGuest::isHere)
                                && books.stream().allMatch(RoomBook::isComplete));
        report(claims, guests, books);
        return claims.status();
    }

    private interface Condition {
        boolean holds();
    }

    private static boolean await(Duration within, Condition condition) throws Exception {
        long end = System.nanoTime() + within.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            Frame.delay(LOOK);
        }
        return true;
    }

    private void report(Claims claims, List<RoomGuest> guests, List<RoomBook> books) {
        Histogram latency = new Histogram(3);
        books.forEach(book -> latency.add(book.latencyNanos()));
        long cut = guests.stream().filter(RoomGuest::wasCut).count();
        long here = guests.stream().filter(RoomGuest::isHere).count();
        System.out.printf(
                "sessions  %d, of which %d were cut and %d are there in the end; %d were told"
                        + " that Redis is away%n",
                sessions, cut, here, guests.stream().filter(RoomGuest::wasToldAway).count());
        System.out.printf(
                "messages  %d said, %d heard; of those connected all the time: %d repeated or out"
                        + " of order, %d missed, %d of theirs lost; lost with what was killed:"
                        + " %d; refused: %d%n",
                sum(books, RoomBook::said),
                sum(books, RoomBook::heard),
                sum(books, RoomBook::disorder),
                sum(books, RoomBook::missed),
                sum(books, RoomBook::lost),
                sum(books, RoomBook::lostWithCut),
                sum(books, RoomBook::refused));
        System.out.printf(
                "back to who said it after p50 %.1f ms, p99 %.1f ms, at most %.0f ms%n",
                latency.getValueAtPercentile(50) / NANOS_PER_MS,
                latency.getValueAtPercentile(99) / NANOS_PER_MS,
                latency.getMaxValue() / NANOS_PER_MS);
        claims.requireEqual(0, sum(books, RoomBook::disorder), "repeated or out of order");
        claims.requireEqual(0, sum(books, RoomBook::missed), "missed by who was there");
        claims.requireEqual(0, sum(books, RoomBook::lost), "lost of what they said");
        claims.requireEqual(0, sum(books, RoomBook::incomplete), "rooms that Redis has cut short");
        claims.requireEqual(sessions, here, "sessions that are there in the end");
        claims.require(sum(books, RoomBook::heard) > 0, "something was heard");
        if (killed) {
            claims.require(cut > 0, "some sessions were cut");
            claims.require(cut < sessions, "not all sessions were cut");
            claims.require(
                    guests.stream().anyMatch(RoomGuest::wasToldAway),
                    "somebody was told that Redis is away");
        } else {
            claims.requireEqual(0, cut, "sessions that were cut");
        }
    }

    private static long sum(List<RoomBook> books, ToLongFunction<RoomBook> what) {
        return books.stream().mapToLong(what).sum();
    }
}
