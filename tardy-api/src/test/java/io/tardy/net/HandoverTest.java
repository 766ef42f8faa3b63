package io.tardy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ListeningDescriptor;
import io.tardy.os.PassingSocket;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Hand-overs in which one of the two fails halfway. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class HandoverTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path folder;

    private static Listener listen(String name) throws IOException {
        return new Listener(
                name, ListeningDescriptor.open(new InetSocketAddress("127.0.0.1", 0), 16));
    }

    private static Handover serving(Path path, Duration within, Listener... listeners)
            throws IOException {
        Handover handover = Handover.at(path, within);
        assertThat(handover.takeOver()).isEmpty();
        handover.serve(List.of(listeners));
        return handover;
    }

    private static void until(Callable<Boolean> isSo) throws Exception {
        long end = System.nanoTime() + SOON.toNanos();
        while (!isSo.call()) {
            assertThat(System.nanoTime()).as("the time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static void close(List<Listener> listeners) throws IOException {
        for (Listener each : listeners) {
            each.close();
        }
    }

    private static boolean isTakenOver(Path path) throws IOException {
        try (Handover next = Handover.at(path, SOON)) {
            List<Listener> taken = next.takeOver();
            close(taken);
            return !taken.isEmpty();
        }
    }

    private static HandoverPeer begun(Path path, Duration within) throws IOException {
        HandoverPeer successor = HandoverPeer.at(path, within.toNanos());
        close(successor.take());
        successor.say(HandoverPeer.SERVES);
        assertThat(successor.hear()).isEqualTo(HandoverPeer.YOURS);
        return successor;
    }

    /** What is at the path then is the socket of a process that has ended. */
    @Test
    void aSuccessorThatDiesAfterItTookThePathLeavesThePathToTheNext() throws Exception {
        Path path = folder.resolve("h");
        try (Listener listener = listen("a");
                Handover old = serving(path, SOON, listener)) {
            HandoverPeer dying = begun(path, SOON);
            Path its = folder.resolve("its");
            PassingSocket door = PassingSocket.listen(its);
            Files.move(its, path, StandardCopyOption.ATOMIC_MOVE);
            door.close();
            dying.close();
            until(() -> isTakenOver(path));
            assertThat(old.successor().toCompletableFuture()).isNotDone();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aSuccessorThatDiesBeforeItTookThePathLeavesItAsItIs() throws Exception {
        Path path = folder.resolve("h");
        try (Listener listener = listen("a");
                Handover old = serving(path, SOON, listener)) {
            Object file = Files.getAttribute(path, "fileKey");
            begun(path, SOON).close();
            assertThat(isTakenOver(path)).isTrue();
            assertThat(Files.getAttribute(path, "fileKey")).isEqualTo(file);
            assertThat(old.successor().toCompletableFuture()).isNotDone();
        }
        assertThat(path).doesNotExist();
    }

    /** It has the path by then, and serves: were it given up, nobody would relieve the old one. */
    @Test
    void aSuccessorThatPausesBeforeItsLastWordRelievesTheOldOne() throws Exception {
        Path path = folder.resolve("h");
        try (Listener listener = listen("a");
                Handover old = serving(path, Duration.ofMillis(500), listener)) {
            HandoverPeer slow = begun(path, Duration.ofMillis(1500));
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(slow::hear)
                    .withMessageContaining("said nothing");
            slow.say(HandoverPeer.TAKEN);
            assertThat(old.successor().toCompletableFuture().get(20, TimeUnit.SECONDS))
                    .isEqualTo(ProcessHandle.current().pid());
            slow.close();
        }
    }

    /** Each relieves the one before it, whichever that is. */
    @Test
    void successorsThatComeAtOnceServeOneAfterTheOther() throws Exception {
        Path path = folder.resolve("h");
        List<Handover> all = new ArrayList<>();
        List<Listener> open = new ArrayList<>();
        try (Listener listener = listen("a")) {
            all.add(serving(path, SOON, listener));
            List<CompletableFuture<List<Listener>>> served = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Handover next = Handover.at(path, SOON);
                all.add(next);
                CompletableFuture<List<Listener>> outcome = new CompletableFuture<>();
                served.add(outcome);
                Thread.ofPlatform().daemon().start(() -> serve(next, outcome));
            }
            for (CompletableFuture<List<Listener>> each : served) {
                List<Listener> taken = each.get(20, TimeUnit.SECONDS);
                assertThat(taken).hasSize(1);
                open.addAll(taken);
            }
            until(() -> all.stream().filter(HandoverTest::isRelieved).count() == 4);
        } finally {
            for (Handover each : all) {
                each.close();
            }
            close(open);
        }
        assertThat(path).doesNotExist();
    }

    private static void serve(Handover handover, CompletableFuture<List<Listener>> outcome) {
        try {
            List<Listener> taken = handover.takeOver();
            handover.serve(taken);
            outcome.complete(taken);
        } catch (Exception e) {
            outcome.completeExceptionally(e);
        }
    }

    private static boolean isRelieved(Handover handover) {
        return handover.successor().toCompletableFuture().isDone();
    }

    private static long sockets() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(HandoverTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void aSuccessorThatCannotUseThePathKeepsNothingOpen() throws Exception {
        Path path = folder.resolve("h");
        try (Listener listener = listen("a");
                Handover old = serving(path, SOON, listener)) {
            long before = sockets();
            try (Handover young = Handover.at(path, SOON)) {
                List<Listener> taken = young.takeOver();
                Files.delete(path);
                Files.createFile(path);
                assertThatExceptionOfType(TardyIOException.class)
                        .isThrownBy(() -> young.serve(taken))
                        .withMessageContaining("not replaced");
                close(taken);
            }
            until(() -> sockets() == before);
            assertThat(old.successor().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void aPipeAtThePathIsNotReplaced() throws Exception {
        Path path = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        try (Listener listener = listen("a");
                Handover handover = Handover.at(path, SOON)) {
            assertThat(handover.takeOver()).isEmpty(); // nobody listens
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(() -> handover.serve(List.of(listener)))
                    .withMessageContaining("not replaced");
        }
        assertThat(path).exists();
    }

    /** As in {@code LISTEN_FDNAMES=:b}, which the protocol allows. */
    @Test
    void listenersWithoutANameAreHandedOver() throws Exception {
        Path path = folder.resolve("h");
        try (Listener first = listen("b");
                Listener second = listen("");
                Handover old = serving(path, SOON, first, second);
                Handover young = Handover.at(path, SOON)) {
            List<Listener> taken = young.takeOver();
            assertThat(taken).extracting(Listener::name).containsExactly("b", "");
            close(taken);
            assertThat(old.successor().toCompletableFuture()).isNotDone();
        }
    }

    @Test
    void aPathBesideWhichNoSocketFitsIsRefusedBeforeAnybodyServes() throws Exception {
        int room = 107 - folder.toString().length() - "//h".length();
        Path path = Files.createDirectory(folder.resolve("d".repeat(room))).resolve("h");
        assertThat(path.toString()).hasSize(107);
        try (Handover handover = Handover.at(path, SOON)) {
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(handover::takeOver)
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENAMETOOLONG.number()));
        }
    }

    /** As that of a process that is stopped. */
    @Test
    void aQueueThatIsFullAtThePathIsNotWaitedForWithoutAnEnd() throws Exception {
        Path path = folder.resolve("h");
        PassingSocket full = PassingSocket.listen(path);
        List<HandoverPeer> waiting = new ArrayList<>();
        for (int i = 0; i <= 16; i++) {
            waiting.add(HandoverPeer.at(path, SOON.toNanos()));
        }
        try (Handover late = Handover.at(path, Duration.ofMillis(100))) {
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () -> {
                                try {
                                    late.takeOver();
                                    outcome.complete(null);
                                } catch (Exception e) {
                                    outcome.complete(e);
                                }
                            });
            assertThat(outcome.get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            TardyIOException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT.number()));
        } finally {
            full.close();
            waiting.forEach(HandoverPeer::close);
        }
    }

    /** To Linux a process that has ended with something unread has reset the conversation. */
    @Test
    void whoeverEndsWithAWordUnreadIsGone() throws Exception {
        Path path = folder.resolve("h");
        PassingSocket door = PassingSocket.listen(path);
        HandoverPeer peer = HandoverPeer.at(path, SOON.toNanos());
        PassingSocket came = door.accept();
        peer.say("unread");
        came.close();
        assertThat(peer.trySay(HandoverPeer.TAKEN)).isFalse();
        peer.close();
        door.close();
    }

    /** The modules of this JVM's module path are on the other's class path, as its tests are. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path"));
    }

    @Test
    void aShortageOfDescriptorsDoesNotEndTheWaitForASuccessor() throws Exception {
        Process program =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                classPath(),
                                ShortageMain.class.getName(),
                                folder.resolve("h").toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(program.getInputStream().readAllBytes());
        assertThat(program.waitFor()).as(said).isZero();
        assertThat(said).contains("trying again", "taken over: [a]");
    }

    /** In a JVM of its own, for native calls are made to fail only from the start. */
    static final class ShortageMain {

        public static void main(String[] args) throws Exception {
            AtomicInteger left = new AtomicInteger(3);
            ToIntFunction<String> faults =
                    name ->
                            name.equals("accept4") && left.getAndDecrement() > 0
                                    ? Errno.EMFILE.number()
                                    : 0;
            System.getProperties().put("io.tardy.os.faults", faults);
            Path path = Path.of(args[0]);
            try (Listener listener = listen("a");
                    Handover old = serving(path, SOON, listener);
                    Handover young = Handover.at(path, SOON)) {
                System.out.println("taken over: " + young.takeOver());
            }
        }
    }
}
