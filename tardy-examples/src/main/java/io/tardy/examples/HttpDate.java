package io.tardy.examples;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Date;
import java.util.List;
import java.util.Locale;

/** HTTP dates (RFC 9110, section 5.6.7), with a precision of seconds. */
final class HttpDate {

    private record Second(long sinceEpoch, AsciiString text) {}

    /** The accepted forms: the current one, and the obsolete ones of RFC 850 and asctime(3). */
    private static final List<DateTimeFormatter> FORMS =
            List.of(
                    form(year("EEE, dd MMM ").appendPattern(" HH:mm:ss 'GMT'")),
                    form(shortYear("EEEE, dd-MMM-").appendPattern(" HH:mm:ss 'GMT'")),
                    form(year("EEE MMM ppd HH:mm:ss ")));

    private static volatile Second latest = new Second(0, AsciiString.EMPTY_STRING);

    private HttpDate() {}

    /** The current date, formatted once a second. */
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

    /**
     * Returns null if it is invalid: another zone, a lower-case name, a day that does not exist.
     */
    static Instant parse(String text) {
        for (DateTimeFormatter form : FORMS) {
            try {
                return form.parse(text, Instant::from);
            } catch (DateTimeParseException e) {
                // another form, or invalid
            }
        }
        return null;
    }

    private static DateTimeFormatterBuilder year(String before) {
        return new DateTimeFormatterBuilder()
                .appendPattern(before)
                .appendValue(ChronoField.YEAR, 4);
    }

    /** At most fifty years from now. */
    private static DateTimeFormatterBuilder shortYear(String before) {
        return new DateTimeFormatterBuilder()
                .appendPattern(before)
                .appendValueReduced(
                        ChronoField.YEAR, 2, 2, Year.now(ZoneOffset.UTC).getValue() - 49);
    }

    private static DateTimeFormatter form(DateTimeFormatterBuilder builder) {
        return builder.toFormatter(Locale.US)
                .withResolverStyle(ResolverStyle.STRICT)
                .withZone(ZoneOffset.UTC);
    }
}
