package io.tardy.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entity tag (RFC 9110, section 8.8.3).
 *
 * @param quoted the tag with its quotes, between which a comma has no special meaning
 */
record EntityTag(boolean isWeak, String quoted) {

    private static final Pattern NEXT =
            Pattern.compile("\\G[ \\t,]*(W/)?(\"[!#-~\\x80-\\xff]*\")[ \\t]*(?=,|\\z)");

    private static final Pattern END = Pattern.compile("[ \\t,]*");

    /** The tags of a list; empty if the list is malformed. */
    static List<EntityTag> all(String list) {
        List<EntityTag> tags = new ArrayList<>();
        Matcher next = NEXT.matcher(list);
        int end = 0;
        while (next.find()) {
            tags.add(new EntityTag(next.group(1) != null, next.group(2)));
            end = next.end();
        }
        return END.matcher(list.substring(end)).matches() ? tags : List.of();
    }
}
