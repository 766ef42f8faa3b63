package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;

/** What a request for a file is answered with, after its conditions and its range. */
record FileAnswer(HttpResponseStatus status, ByteRange range) {

    /** RFC 1123 with two digits for the day. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);

    static FileAnswer to(HttpHeaders headers, HttpMethod method, ServedFile file) {
        if (isKnown(headers, file)) {
            return new FileAnswer(HttpResponseStatus.NOT_MODIFIED, new ByteRange(0, 0));
        }
        ByteRange range =
                method.equals(HttpMethod.GET) && isSame(headers.get(HttpHeaderNames.IF_RANGE), file)
                        ? ByteRange.of(headers.get(HttpHeaderNames.RANGE), file.size())
                        : null;
        if (range == null) {
            return new FileAnswer(HttpResponseStatus.OK, new ByteRange(0, file.size()));
        }
        return new FileAnswer(
                range.count() == 0
                        ? HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE
                        : HttpResponseStatus.PARTIAL_CONTENT,
                range);
    }

    boolean hasBody() {
        return range.count() > 0;
    }

    String contentRange(long size) {
        return range.count() == 0
                ? "bytes */" + size
                : "bytes %d-%d/%d"
                        .formatted(range.offset(), range.offset() + range.count() - 1, size);
    }

    static String date(Instant time) {
        return DATE.format(time);
    }

    /** Whether the client has it already; its tag is asked first, for it is exact. */
    private static boolean isKnown(HttpHeaders headers, ServedFile file) {
        if (headers.contains(HttpHeaderNames.IF_NONE_MATCH)) {
            return headers.getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
                    .flatMap(value -> Arrays.stream(value.split(",")))
                    .map(String::strip)
                    .anyMatch(tag -> tag.equals("*") || tag.replace("W/", "").equals(file.tag()));
        }
        String since = headers.get(HttpHeaderNames.IF_MODIFIED_SINCE);
        if (since == null) {
            return false;
        }
        try {
            Instant known = DATE.parse(since.strip(), Instant::from);
            return !file.modified().truncatedTo(ChronoUnit.SECONDS).isAfter(known);
        } catch (DateTimeParseException e) {
            return false; // as if it were not there
        }
    }

    /** Whether a part of it fits what the client has: only its tag says so for sure. */
    private static boolean isSame(String ifRange, ServedFile file) {
        return ifRange == null || ifRange.strip().equals(file.tag());
    }
}
