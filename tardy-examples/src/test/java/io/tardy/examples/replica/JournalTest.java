package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.Threading;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class JournalTest {

    @TempDir private Path directory;

    private static void inFrame(FrameBody body) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        FrameBody main =
                () -> {
                    try {
                        body.run();
                        end.complete(null);
                    } catch (Throwable t) {
                        end.completeExceptionally(t);
                    }
                };
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            tardy.entry(main, (rt, frame) -> rt.spawn(frame));
        }
        end.get(0, TimeUnit.SECONDS);
    }

    /** Opens it, gives what is there, and appends these. */
    private List<String> openAndAppend(String... records) throws Exception {
        List<byte[]> found = new ArrayList<>();
        inFrame(
                () -> {
                    try (Journal journal =
                            Journal.open(directory.resolve("data"), found, Flaw.NONE)) {
                        for (String record : records) {
                            journal.append(record.getBytes(StandardCharsets.UTF_8));
                        }
                        journal.flush();
                        assertThat(journal.durableBytes()).isEqualTo(journal.appendedBytes());
                    }
                });
        return found.stream().map(r -> new String(r, StandardCharsets.UTF_8)).toList();
    }

    private Path file() {
        return directory.resolve("data").resolve("journal");
    }

    @Test
    void recordsAreThereAfterOpeningAgain() throws Exception {
        assertThat(openAndAppend("one", "two")).isEmpty();
        assertThat(openAndAppend("three")).containsExactly("one", "two");
        assertThat(openAndAppend()).containsExactly("one", "two", "three");
    }

    @Test
    void aTornEndIsCutWhereverItIsTorn() throws Exception {
        openAndAppend("one", "two", "three");
        byte[] whole = Files.readAllBytes(file());
        int threeBegins = whole.length - 8 - "three".length();
        for (int length = threeBegins; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThat(openAndAppend("four")).as("%d bytes", length).containsExactly("one", "two");
            assertThat(openAndAppend()).containsExactly("one", "two", "four");
        }
    }

    @Test
    void whatFollowedTheTornRecordNeverComesBack() throws Exception {
        openAndAppend("one", "two", "three");
        byte[] torn = Files.readAllBytes(file());
        torn[8 + "one".length() + 8] ^= 1; // within "two": "three" is whole
        Files.write(file(), torn);
        assertThat(openAndAppend("TWO")).containsExactly("one"); // as long as what was there
        assertThat(openAndAppend()).containsExactly("one", "TWO");
    }

    @Test
    void aFileOfSomethingElseHasNoRecords() throws Exception {
        openAndAppend();
        Files.write(
                file(),
                "a text, longer than the head of a record".getBytes(StandardCharsets.UTF_8));
        assertThat(openAndAppend("one")).isEmpty();
        assertThat(openAndAppend()).containsExactly("one");
    }
}
