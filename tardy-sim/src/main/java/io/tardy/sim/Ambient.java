package io.tardy.sim;

import io.tardy.sim.net.AmbientProvider;
import java.nio.channels.spi.SelectorProvider;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;

/**
 * What a program asks its surroundings for: inside a simulation those of its host, outside of one
 * the JDK's. Each method is as that of the JDK's of the same name.
 *
 * <p>Public for the classes that {@link SimAgent} has rewritten.
 */
public final class Ambient {

    private static final Random RANDOM = new AmbientRandom();

    private Ambient() {}

    /** As {@link System#nanoTime}. */
    public static long nanoTime() {
        SimHost host = SimHost.current();
        return host == null ? System.nanoTime() : host.nanoTime();
    }

    /** As {@link System#currentTimeMillis}. */
    public static long currentTimeMillis() {
        SimHost host = SimHost.current();
        return host == null ? System.currentTimeMillis() : host.clock().millis();
    }

    /** As {@link Instant#now()}. */
    public static Instant now() {
        SimHost host = SimHost.current();
        return host == null ? Instant.now() : host.clock().instant();
    }

    /** As {@link Clock#systemUTC}; of whichever host asks it. */
    public static Clock systemUTC() {
        return new AmbientClock(ZoneOffset.UTC);
    }

    /** As {@link Clock#systemDefaultZone}; of whichever host asks it, all of which are at UTC. */
    public static Clock systemDefaultZone() {
        return SimHost.current() == null
                ? new AmbientClock(ZoneId.systemDefault())
                : new AmbientClock(ZoneOffset.UTC);
    }

    private static final class AmbientClock extends Clock {
        private final ZoneId zone;

        AmbientClock(ZoneId zone) {
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new AmbientClock(other);
        }

        @Override
        public Instant instant() {
            return now();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof AmbientClock clock && clock.zone.equals(zone);
        }

        @Override
        public int hashCode() {
            return zone.hashCode();
        }
    }

    /** As {@link Math#random}. */
    public static double random() {
        return SimHost.current() == null ? Math.random() : RANDOM.nextDouble();
    }

    /** As {@link UUID#randomUUID}. */
    public static UUID randomUUID() {
        if (SimHost.current() == null) {
            return UUID.randomUUID();
        }
        long version = RANDOM.nextLong() & ~0xF000L | 0x4000L; // RFC 9562, section 5.4
        long variant = RANDOM.nextLong() >>> 2 | 1L << 63;
        return new UUID(version, variant);
    }

    /** As {@link SelectorProvider#provider}; it makes channels of whichever host asks it. */
    public static SelectorProvider provider() {
        return AmbientProvider.INSTANCE;
    }
}
