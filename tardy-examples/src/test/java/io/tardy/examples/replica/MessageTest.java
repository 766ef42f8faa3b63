package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

final class MessageTest {

    private static final Entry ENTRY = new Entry(3, 4, 5, "key", "value");

    static final List<Message> MESSAGES =
            List.of(
                    new Message.Vote(2, 7, 8, 6),
                    new Message.Voted(7, true),
                    new Message.Append(1, 7, 8, 6, 5, List.of()),
                    new Message.Append(1, 7, 8, 6, 5, List.of(Entry.nothing(7), ENTRY)),
                    new Message.Appended(7, false, 9),
                    new Message.Put(Long.MAX_VALUE, 2, "", "\u20ac\0\ud800"),
                    new Message.Get("key"),
                    new Message.Answer(Message.Outcome.DONE, 3, null),
                    new Message.Answer(Message.Outcome.FULL, 0, ""));

    @ParameterizedTest
    @FieldSource("MESSAGES")
    void comesOutAsItWentIn(Message message) throws IOException {
        assertThat(Message.decode(Message.encode(message))).isEqualTo(message);
    }

    @ParameterizedTest
    @FieldSource("MESSAGES")
    void aPartOfItIsRefused(Message message) throws IOException {
        byte[] bytes = Message.encode(message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Message.decode(part)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theLongestFits() throws IOException {
        String text = "\uffff".repeat(65_535 / 3);
        Entry entry = new Entry(1, 2, 3, text, text);
        byte[] bytes =
                Message.encode(
                        new Message.Append(
                                1,
                                2,
                                3,
                                4,
                                5,
                                Collections.nCopies(Message.APPEND_ENTRIES_MAX, entry)));
        assertThat(bytes.length).isLessThan(Message.BYTES_MAX);
        assertThat(Message.decode(bytes)).isInstanceOf(Message.Append.class);
    }
}
