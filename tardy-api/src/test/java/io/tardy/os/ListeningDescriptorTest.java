package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Listeners that are numbers only, what passes them on, and what tells a service manager. */
@EnabledOnOs(OS.LINUX)
class ListeningDescriptorTest {

    private static final long SOON = TimeUnit.SECONDS.toNanos(20);

    @TempDir Path folder;

    @Test
    void onlyAListenerOfStreamsIsTakenOver() throws Exception {
        int stream = LinuxListenerCalls.socket(LinuxListenerCalls.AF_INET, 1);
        int datagrams = LinuxListenerCalls.socket(LinuxListenerCalls.AF_INET, 2);
        try {
            assertRefused(stream, "does not listen: a unit of systemd needs Accept=no");
            assertRefused(datagrams, "is no stream socket");
            assertRefused(1_000_000, "is not open");
            Path file = Files.createFile(folder.resolve("file"));
            try (Arena arena = Arena.ofConfined()) {
                int opened = LinuxCalls.openat(-100, arena.allocateFrom(file.toString()), 0, 0);
                assertRefused(opened, "descriptor " + opened + " is no socket");
                LinuxCalls.close(opened);
            }
        } finally {
            LinuxCalls.close(stream);
            LinuxCalls.close(datagrams);
        }
    }

    /** As systemd passes them. */
    @Test
    void oneThatBlocksDoesNotAnyMore() throws Exception {
        int number = LinuxListenerCalls.socket(LinuxListenerCalls.AF_INET, 1);
        assertThat(LinuxListenerCalls.listen(number, 1)).isZero(); // at a port of its choice
        ListeningDescriptor taken = ListeningDescriptor.adopt(number);
        assertThat(LinuxListenerCalls.accept(number)).isEqualTo(-Errno.EAGAIN.number());
        taken.close();
    }

    private static void assertRefused(int number, String message) {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> ListeningDescriptor.adopt(number))
                .withMessageContaining(message);
    }

    @Test
    void oneThatIsTakenOverKeepsItsAddress() throws Exception {
        for (var address :
                List.of(
                        new InetSocketAddress("127.0.0.1", 0),
                        new InetSocketAddress("::1", 0),
                        UnixDomainSocketAddress.of(folder.resolve("s")))) {
            ListeningDescriptor opened = ListeningDescriptor.open(address, 1);
            ListeningDescriptor taken = ListeningDescriptor.adopt(opened.duplicate());
            assertThat(taken.localAddress()).isEqualTo(opened.localAddress());
            assertThat(taken.kind())
                    .isEqualTo(
                            address instanceof InetSocketAddress
                                    ? SocketKind.TCP
                                    : SocketKind.UNIX);
            opened.close();
            taken.close();
            assertThat(taken.isClosed()).isTrue();
        }
    }

    @Test
    void anAddressThatIsTakenIsRefusedAndNothingIsLeft() throws Exception {
        ListeningDescriptor first =
                ListeningDescriptor.open(new InetSocketAddress("127.0.0.1", 0), 1);
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> ListeningDescriptor.open(first.localAddress(), 1))
                .withMessageContaining("bind failed: ADDRESS_IN_USE");
        first.close();
    }

    @Test
    void messagesArriveWholeWithTheirDescriptors() throws Exception {
        Path path = folder.resolve("passing");
        PassingSocket door = PassingSocket.listen(path);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        PassingSocket client = PassingSocket.connect(path, SOON);
        PassingSocket server = door.accept();
        assertThat(server.peerUser()).isEqualTo(PassingSocket.user());
        assertThat(client.peerUser()).isEqualTo(PassingSocket.user());
        ListeningDescriptor listener =
                ListeningDescriptor.open(new InetSocketAddress("127.0.0.1", 0), 1);
        List<Integer> sent = new ArrayList<>();
        for (int i = 0; i < PassingSocket.DESCRIPTORS_MAX; i++) {
            sent.add(listener.duplicate());
        }
        server.send("one", sent);
        server.send("two", List.of());
        sent.forEach(ListeningDescriptor::closeDuplicate);
        PassingSocket.Message one = client.receive(SOON);
        assertThat(one.text()).isEqualTo("one");
        assertThat(one.descriptors()).hasSize(PassingSocket.DESCRIPTORS_MAX);
        for (int descriptor : one.descriptors()) {
            ListeningDescriptor taken = ListeningDescriptor.adopt(descriptor);
            assertThat(taken.localAddress()).isEqualTo(listener.localAddress());
            taken.close();
        }
        assertThat(client.receive(SOON).text()).isEqualTo("two");
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> client.receive(1))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT.number()));
        server.close();
        assertThat(client.receive(SOON).text()).isEmpty();
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> client.send("nobody", List.of()))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE.number()));
        client.close();
        listener.close();
        CompletableFuture<PassingSocket> waiting =
                CompletableFuture.supplyAsync(() -> accept(door));
        door.end();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isNull();
        door.close();
        assertThat(PassingSocket.connect(path, SOON)).isNull();
    }

    private static PassingSocket accept(PassingSocket door) {
        try {
            return door.accept();
        } catch (TardyIOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aManagerAtAPathOrAnAbstractNameIsTold() throws Exception {
        Path path = folder.resolve("notify");
        assertTold(path.toString());
        assertTold("@tardy-" + UUID.randomUUID());
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> NotifySocket.send("vsock:2:1", "READY=1"))
                .withMessageContaining("a path or an abstract name works");
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(() -> NotifySocket.send(folder.resolve("none").toString(), "READY=1"))
                .withMessageContaining("NOTIFY_SOCKET=");
    }

    private static void assertTold(String address) throws IOException {
        int manager = LinuxListenerCalls.socket(LinuxListenerCalls.AF_UNIX, 2);
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = address.getBytes(StandardCharsets.UTF_8);
            name[0] = name[0] == '@' ? 0 : name[0];
            boolean isPath = name[0] != 0;
            MemorySegment memory = arena.allocate(2L + name.length + (isPath ? 1 : 0), 2);
            memory.set(ValueLayout.JAVA_SHORT, 0, (short) LinuxListenerCalls.AF_UNIX);
            MemorySegment.copy(name, 0, memory, ValueLayout.JAVA_BYTE, 2, name.length);
            assertThat(LinuxSocketCalls.bind(manager, memory)).isZero();
            NotifySocket.send(address, "READY=1\nSTATUS=grüßt");
            MemorySegment room = arena.allocate(100);
            int length =
                    LinuxSocketCalls.recvfrom(
                            manager, room, 0, MemorySegment.NULL, MemorySegment.NULL);
            assertThat(
                            new String(
                                    room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE),
                                    StandardCharsets.UTF_8))
                    .isEqualTo("READY=1\nSTATUS=grüßt");
        } finally {
            LinuxCalls.close(manager);
        }
    }
}
