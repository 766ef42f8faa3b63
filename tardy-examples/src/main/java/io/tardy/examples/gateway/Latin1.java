package io.tardy.examples.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Text in a buffer, a byte for each character. */
final class Latin1 {

    private Latin1() {}

    static void put(ByteBuffer into, String... texts) {
        for (String text : texts) {
            for (int i = 0; i < text.length(); i++) {
                into.put((byte) text.charAt(i));
            }
        }
    }

    static String get(ByteBuffer from, int begin, int end) {
        byte[] bytes = new byte[end - begin];
        from.get(begin, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static int length(String... texts) {
        int length = 0;
        for (String text : texts) {
            length += text.length();
        }
        return length;
    }
}
