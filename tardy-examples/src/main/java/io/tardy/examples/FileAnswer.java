package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What a request for a file is answered with, after its conditions and its range. */
record FileAnswer(HttpResponseStatus status, ByteRange range) {

    private static final ByteRange NOTHING = new ByteRange(0, 0);

    /** In the order of RFC 9110, section 13.2.2. */
    static FileAnswer to(HttpHeaders headers, HttpMethod method, ServedFile file) {
        if (!isWanted(headers, file)) {
            return new FileAnswer(HttpResponseStatus.PRECONDITION_FAILED, NOTHING);
        }
        if (isKnown(headers, file)) {
            return new FileAnswer(HttpResponseStatus.NOT_MODIFIED, NOTHING);
        }
        ByteRange range =
                method.equals(HttpMethod.GET) && isSame(headers, file)
                        ? ByteRange.of(only(headers, HttpHeaderNames.RANGE), file.size())
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

    /** Whether it is the file that the client means; its tag is asked first, for it is exact. */
    private static boolean isWanted(HttpHeaders headers, ServedFile file) {
        if (headers.contains(HttpHeaderNames.IF_MATCH)) {
            String wanted = list(headers, HttpHeaderNames.IF_MATCH);
            return wanted.equals("*")
                    || EntityTag.all(wanted).contains(new EntityTag(false, file.tag()));
        }
        Instant since = date(headers, HttpHeaderNames.IF_UNMODIFIED_SINCE);
        return since == null || !isModifiedSince(since, file);
    }

    /** Whether the client has it already. */
    private static boolean isKnown(HttpHeaders headers, ServedFile file) {
        if (headers.contains(HttpHeaderNames.IF_NONE_MATCH)) {
            String known = list(headers, HttpHeaderNames.IF_NONE_MATCH);
            return known.equals("*")
                    || EntityTag.all(known).stream()
                            .anyMatch(tag -> tag.quoted().equals(file.tag()));
        }
        Instant since = date(headers, HttpHeaderNames.IF_MODIFIED_SINCE);
        return since != null && !isModifiedSince(since, file);
    }

    /** Whether a part of it fits what the client has: only its tag says so for sure. */
    private static boolean isSame(HttpHeaders headers, ServedFile file) {
        return !headers.contains(HttpHeaderNames.IF_RANGE)
                || file.tag().equals(only(headers, HttpHeaderNames.IF_RANGE));
    }

    /** Null if there is none that can be read: as if it were not there. */
    private static Instant date(HttpHeaders headers, CharSequence name) {
        String value = only(headers, name);
        return value == null ? null : HttpDate.parse(value);
    }

    /** Null if there is none, or several, of which no one counts. */
    private static String only(HttpHeaders headers, CharSequence name) {
        List<String> values = headers.getAll(name);
        return values.size() == 1 ? values.getFirst() : null;
    }

    /** Lines of one name are one list. */
    private static String list(HttpHeaders headers, CharSequence name) {
        return String.join(",", headers.getAll(name));
    }

    /** Dates have seconds. */
    private static boolean isModifiedSince(Instant date, ServedFile file) {
        return file.modified().truncatedTo(ChronoUnit.SECONDS).isAfter(date);
    }
}
