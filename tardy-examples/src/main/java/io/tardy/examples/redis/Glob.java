package io.tardy.examples.redis;

/**
 * Patterns of names: {@code *} for anything, {@code ?} for one byte, {@code [a-z]} and {@code
 * [^a-z]}, and a backslash before what stands for itself. It goes back to the last {@code *} only,
 * so it takes at most as many steps as the lengths multiplied, whatever the pattern.
 */
final class Glob {

    static final int PATTERN_BYTES_MAX = 1024;

    private Glob() {}

    static String require(String pattern) throws CommandException {
        if (pattern.length() > PATTERN_BYTES_MAX) {
            throw new CommandException("ERR a pattern has at most " + PATTERN_BYTES_MAX + " bytes");
        }
        return pattern;
    }

    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int behindStar = -1;
        int tried = 0; // where the star ends, for the time being
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                behindStar = ++p;
                tried = t;
                continue;
            }
            int behind = p < pattern.length() ? step(pattern, p, text.charAt(t)) : -1;
            if (behind >= 0) {
                p = behind;
                t++;
            } else if (behindStar >= 0) {
                p = behindStar;
                t = ++tried;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** What is behind the element that begins here, if it stands for this char; otherwise -1. */
    private static int step(String pattern, int at, char c) {
        char first = pattern.charAt(at);
        if (first == '[') {
            return stepSet(pattern, at + 1, c);
        }
        int literal = first == '\\' && at + 1 < pattern.length() ? at + 1 : at;
        boolean isIt = literal == at && first == '?' || pattern.charAt(literal) == c;
        return isIt ? literal + 1 : -1;
    }

    private static int stepSet(String pattern, int begin, char c) {
        int at = begin;
        boolean isNegated = at < pattern.length() && pattern.charAt(at) == '^';
        if (isNegated) {
            at++;
        }
        boolean isIn = false;
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            if (pattern.charAt(at) == '\\' && at + 1 < pattern.length()) {
                at++;
            }
            char low = pattern.charAt(at);
            char high = low;
            if (at + 2 < pattern.length() && pattern.charAt(at + 1) == '-') {
                high = pattern.charAt(at + 2);
                at += 2;
            }
            isIn |= Math.min(low, high) <= c && c <= Math.max(low, high);
            at++;
        }
        int behind = Math.min(at + 1, pattern.length()); // one that is not closed ends at the end
        return isIn != isNegated ? behind : -1;
    }
}
