package io.tardy.examples;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The answer to a request for a file, after its conditions and its range were evaluated. */
record FileAnswer(HttpResponseStatus status, ByteRange range) {

    private static final ByteRange NOTHING = new ByteRange(0, 0);

    /** Evaluates the headers in the order of RFC 9110, section 13.2.2. */
    static FileAnswer to(HttpHeaders headers, HttpMethod method, ServedFile file) {
        if (!meetsConditions(headers, file)) {
            return new FileAnswer(HttpResponseStatus.PRECONDITION_FAILED, NOTHING);
        }
        if (isCached(headers, file)) {
            return new FileAnswer(HttpResponseStatus.NOT_MODIFIED, NOTHING);
        }
        ByteRange range =
                method.equals(HttpMethod.GET) && mayBeRanged(headers, file)
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

    /** Evaluates If-Match, or else If-Unmodified-Since: tags are exact, dates are not. */
    private static boolean meetsConditions(HttpHeaders headers, ServedFile file) {
        if (headers.contains(HttpHeaderNames.IF_MATCH)) {
            String wanted = list(headers, HttpHeaderNames.IF_MATCH);
            return wanted.equals("*")
                    || EntityTag.all(wanted).contains(new EntityTag(false, file.tag()));
        }
        Instant since = date(headers, HttpHeaderNames.IF_UNMODIFIED_SINCE);
        return since == null || !isModifiedSince(since, file);
    }

    /** The client already has this version of the file. */
    private static boolean isCached(HttpHeaders headers, ServedFile file) {
        if (headers.contains(HttpHeaderNames.IF_NONE_MATCH)) {
            String known = list(headers, HttpHeaderNames.IF_NONE_MATCH);
            return known.equals("*")
                    || EntityTag.all(known).stream()
                            .anyMatch(tag -> tag.quoted().equals(file.tag()));
        }
        Instant since = date(headers, HttpHeaderNames.IF_MODIFIED_SINCE);
        return since != null && !isModifiedSince(since, file);
    }

    /**
     * A range may be sent, because the client's part is of this version. Only a tag proves that.
     */
    private static boolean mayBeRanged(HttpHeaders headers, ServedFile file) {
        return !headers.contains(HttpHeaderNames.IF_RANGE)
                || file.tag().equals(only(headers, HttpHeaderNames.IF_RANGE));
    }

    /** Returns null if the header is missing or malformed, which has the same meaning. */
    private static Instant date(HttpHeaders headers, CharSequence name) {
        String value = only(headers, name);
        return value == null ? null : HttpDate.parse(value);
    }

    /** Returns null unless there is exactly one value; several are ignored. */
    private static String only(HttpHeaders headers, CharSequence name) {
        List<String> values = headers.getAll(name);
        return values.size() == 1 ? values.getFirst() : null;
    }

    /** Lines with the same name form one list. */
    private static String list(HttpHeaders headers, CharSequence name) {
        return String.join(",", headers.getAll(name));
    }

    /** Compares seconds, the precision of HTTP dates. */
    private static boolean isModifiedSince(Instant date, ServedFile file) {
        return file.modified().truncatedTo(ChronoUnit.SECONDS).isAfter(date);
    }
}
