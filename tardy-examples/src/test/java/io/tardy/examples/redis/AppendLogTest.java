package io.tardy.examples.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(CutsExpected.class)
final class AppendLogTest {

    @TempDir private Path directory;

    private static void inFrame(FrameBody body) throws IOException {
        try (Tardy tardy = Tardy.builder().build()) {
            tardy.run(body);
        }
    }

    /** Opens it, gives what is there, and sets these keys, each in a group of its own. */
    private Map<String, String> openAndSet(String... keys) throws IOException {
        Map<String, String> found = new TreeMap<>();
        inFrame(
                () -> {
                    Database database = new Database(1 << 20);
                    AppendLog log = AppendLog.open(directory.resolve("data"), database);
                    database.logTo(log);
                    TardyRuntime.current().spawnDaemon(log::commitAll);
                    for (String key : database.values().keySet()) {
                        found.put(key, get(database, key));
                    }
                    for (String key : keys) {
                        database.execute("SET", List.of("SET", key, key + "!"), new RespWriter());
                        log.awaitDurable();
                    }
                });
        return found;
    }

    private static String get(Database database, String key) throws CommandException {
        RespWriter reply = new RespWriter();
        database.execute("GET", List.of("GET", key), reply);
        String text = new String(reply.takeBytes(), StandardCharsets.ISO_8859_1);
        return text.split("\r\n")[1];
    }

    private Path file() {
        return directory.resolve("data").resolve("redis.log");
    }

    @Test
    void changesAreThereAfterOpeningAgain() throws Exception {
        assertThat(openAndSet("one", "two")).isEmpty();
        assertThat(openAndSet("three")).isEqualTo(Map.of("one", "one!", "two", "two!"));
        assertThat(openAndSet()).containsOnlyKeys("one", "two", "three");
    }

    @Test
    void aTornEndIsCutWhereverItIsTorn() throws Exception {
        openAndSet("one", "two");
        int threeBegins = (int) Files.size(file());
        openAndSet("three");
        byte[] whole = Files.readAllBytes(file());
        for (int length = threeBegins; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThat(openAndSet()).as("%d bytes", length).containsOnlyKeys("one", "two");
            assertThat(Files.size(file())).isEqualTo(threeBegins);
        }
        for (int length = 0; length < 16; length++) { // it was just made
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThat(openAndSet()).isEmpty();
        }
        Files.write(file(), whole);
        assertThat(openAndSet()).containsOnlyKeys("one", "two", "three");
    }

    /** As a file system may leave it after a loss of power. */
    @Test
    void zerosAtTheEndAreCut() throws Exception {
        openAndSet("one");
        byte[] whole = Files.readAllBytes(file());
        for (int zeros : new int[] {1, 15, 16, 17, 100, 70_000}) {
            Files.write(file(), Arrays.copyOf(whole, whole.length + zeros));
            assertThat(openAndSet()).as("%d zeros", zeros).containsOnlyKeys("one");
            assertThat(file()).hasBinaryContent(whole);
        }
    }

    private static String ask(Database database, String line) throws CommandException {
        RespWriter reply = new RespWriter();
        List<String> request = List.of(line.split(" "));
        assertThat(database.execute(request.get(0), request, reply)).isTrue();
        return new String(reply.takeBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aWrongByteInTheLastRecordCutsIt() throws Exception {
        openAndSet("one");
        int twoBegins = (int) Files.size(file());
        openAndSet("two");
        byte[] whole = Files.readAllBytes(file());
        for (int i = twoBegins + 8; i < whole.length; i++) { // behind its length: see below
            byte[] torn = whole.clone();
            torn[i] ^= 1;
            Files.write(file(), torn);
            assertThat(openAndSet()).as("byte %d", i).containsOnlyKeys("one");
        }
    }

    /** Of the last record the disk has the first sector, and not the next, wherever that begins. */
    @Test
    void aLastRecordOfWhichItHasTheFirstSectorIsCut() throws Exception {
        for (int fill = 320; fill < 440; fill++) {
            Files.deleteIfExists(file());
            openAndSet("k".repeat(fill / 2)); // which is in it twice
            openAndSet("f".repeat(1 + fill % 2));
            int lastBegins = (int) Files.size(file());
            openAndSet("last".repeat(40));
            byte[] torn = Files.readAllBytes(file());
            int nextSector = (lastBegins / 512 + 1) * 512;
            if (nextSector < torn.length) {
                Arrays.fill(torn, nextSector, torn.length, (byte) 0);
                Files.write(file(), torn);
                assertThat(openAndSet()).as("from %d", lastBegins).hasSize(2);
            }
        }
    }

    /** What follows it was acknowledged. */
    @Test
    void aWrongByteInALengthCutsNothing() throws Exception {
        openAndSet("one", "two", "three");
        byte[] whole = Files.readAllBytes(file());
        int begin = 16; // behind the name of the format
        for (int i = begin; i < begin + 2 * Integer.BYTES; i++) {
            for (int bit = 1; bit < 256; bit <<= 1) {
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) bit;
                Files.write(file(), damaged);
                assertThatThrownBy(this::openAndSet)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("redis.log is damaged at byte " + begin);
                assertThat(file()).hasBinaryContent(damaged);
            }
        }
    }

    /** Without memory, for example: what is in the server is then not what is in the log. */
    @Test
    void aChangeThatDoesNotGetIntoTheLogEndsIt() throws Exception {
        openAndSet("one");
        List<String> request =
                new AbstractList<>() {
                    private int asked;

                    @Override
                    public String get(int index) {
                        if (index == 2 && asked++ > 0) { // the first time it is for the command
                            throw new OutOfMemoryError("of the test");
                        }
                        return List.of("SET", "lost", "value").get(index);
                    }

                    @Override
                    public int size() {
                        return 3;
                    }
                };
        assertThatThrownBy(
                        () ->
                                inFrame(
                                        () -> {
                                            Database database = new Database(1 << 20);
                                            AppendLog log =
                                                    AppendLog.open(
                                                            directory.resolve("data"), database);
                                            database.logTo(log);
                                            TardyRuntime.current().spawnDaemon(log::commitAll);
                                            assertThatThrownBy(
                                                            () ->
                                                                    database.execute(
                                                                            "SET",
                                                                            request,
                                                                            new RespWriter()))
                                                    .isInstanceOf(OutOfMemoryError.class);
                                            ask(database, "GET lost");
                                            ask(database, "SET two two!");
                                            log.awaitDurable();
                                        }))
                .isInstanceOf(AppendLog.LostException.class);
        assertThat(openAndSet()).isEqualTo(Map.of("one", "one!"));
    }

    @Test
    void damageThatIsNotAtTheEndIsNotCut() throws Exception {
        openAndSet("one", "two", "three");
        byte[] damaged = Files.readAllBytes(file());
        damaged[16 + 16 + 3] ^= 1; // in the first record
        Files.write(file(), damaged);
        assertThatThrownBy(this::openAndSet)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("redis.log is damaged at byte 16");
        assertThat(Files.readAllBytes(file())).isEqualTo(damaged);
    }

    @Test
    void aFileOfSomethingElseIsLeftAlone() throws Exception {
        Files.createDirectory(directory.resolve("data"));
        Files.writeString(file(), "*1\r\n$4\r\nPING\r\n");
        assertThatThrownBy(this::openAndSet)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is no log of this server's");
        assertThat(file()).hasContent("*1\r\n$4\r\nPING\r\n");
    }

    @Test
    void twoDoNotUseItAtOnce() throws Exception {
        inFrame(
                () -> {
                    Path path = directory.resolve("data");
                    AppendLog log = AppendLog.open(path, new Database(1 << 20));
                    TardyRuntime.current().spawnDaemon(log::commitAll);
                    assertThatThrownBy(() -> AppendLog.open(path, new Database(1 << 20)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("is in use: another server keeps its data there");
                });
        assertThat(openAndSet()).isEmpty();
    }
}
