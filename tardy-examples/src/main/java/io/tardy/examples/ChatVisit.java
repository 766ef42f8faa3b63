package io.tardy.examples;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A visitor and a room: {@code /rooms/ROOM?name=NAME}, both of letters, digits, - and _. */
record ChatVisit(String room, String name) {

    private static final Pattern URI =
            Pattern.compile("/rooms/([A-Za-z0-9_-]{1,32})\\?name=([A-Za-z0-9_-]{1,32})");

    /** Returns null if the URI has another form. */
    static ChatVisit of(String uri) {
        Matcher matcher = URI.matcher(uri);
        return matcher.matches() ? new ChatVisit(matcher.group(1), matcher.group(2)) : null;
    }
}
