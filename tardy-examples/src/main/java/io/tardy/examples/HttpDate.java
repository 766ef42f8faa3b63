package io.tardy.examples;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.util.Date;

/** Dates as HTTP writes them (RFC 9110, section 5.6.7), in seconds. */
final class HttpDate {

    private record Second(long sinceEpoch, AsciiString text) {}

    private static volatile Second latest = new Second(0, AsciiString.EMPTY_STRING);

    private HttpDate() {}

    /** The one of now; made once a second. */
    static AsciiString now() {
        long now = System.currentTimeMillis() / 1000;
        Second known = latest;
        if (known.sinceEpoch != now) {
            known = new Second(now, new AsciiString(of(Instant.ofEpochSecond(now))));
            latest = known;
        }
        return known.text;
    }

    static String of(Instant time) {
        return DateFormatter.format(Date.from(time));
    }

    /** Null for what is none. */
    static Instant parse(String text) {
        Date date = DateFormatter.parseHttpDate(text);
        return date == null ? null : date.toInstant();
    }
}
