package io.tardy.examples;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes of a file that a request asks for.
 *
 * @param count zero if the range begins behind the end of the file
 */
record ByteRange(long offset, long count) {

    private static final Pattern ONE_RANGE =
            Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})", Pattern.CASE_INSENSITIVE);

    /** Returns null for several ranges or an invalid one: the whole file is the answer. */
    static ByteRange of(String header, long size) {
        Matcher matcher = ONE_RANGE.matcher(header == null ? "" : header.strip());
        if (!matcher.matches()) {
            return null;
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? null : lastBytes(Long.parseLong(last), size);
        }
        long offset = Long.parseLong(first);
        long end = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        if (!last.isEmpty() && Long.parseLong(last) < offset) {
            return null;
        }
        return new ByteRange(offset, Math.max(end - offset + 1, 0));
    }

    private static ByteRange lastBytes(long count, long size) {
        long some = Math.min(count, size);
        return new ByteRange(size - some, some);
    }
}
