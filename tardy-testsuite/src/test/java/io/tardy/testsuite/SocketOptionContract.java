package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.aio.SocketKind;
import io.tardy.net.Socket;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every option, of every kind of socket, at every stage, with values that it has and has not. */
interface SocketOptionContract extends SocketFixture {

    Set<SocketKind> ALL = EnumSet.allOf(SocketKind.class);
    Set<SocketKind> STREAMS = EnumSet.of(SocketKind.TCP, SocketKind.UNIX);
    Set<SocketKind> INET = EnumSet.of(SocketKind.TCP, SocketKind.UDP);
    Set<SocketKind> TCP = EnumSet.of(SocketKind.TCP);
    Set<SocketKind> UDP = EnumSet.of(SocketKind.UDP);

    /**
     * What is promised of an option.
     *
     * @param values each with what is read afterwards, or null if it is misuse
     */
    record Promise(SocketOption<?> option, Set<SocketKind> kinds, Map<Object, Object> values) {}

    /** An exact value is read as it was set. */
    private static Map<Object, Object> values(Object... valueAndRead) {
        Map<Object, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < valueAndRead.length; i += 2) {
            values.put(valueAndRead[i], valueAndRead[i + 1]);
        }
        return values;
    }

    private static Map<Object, Object> flag() {
        return values(true, true, false, false, 1, null, "true", null);
    }

    private static Map<Object, Object> size() {
        return values(40_000, "at least", -1, null, 0, null, Integer.MIN_VALUE, null, 1L, null);
    }

    private static List<Promise> promises() throws Exception {
        NetworkInterface loopback = NetworkInterface.getByName("lo");
        return List.of(
                new Promise(StandardSocketOptions.TCP_NODELAY, TCP, flag()),
                new Promise(StandardSocketOptions.SO_KEEPALIVE, TCP, flag()),
                new Promise(StandardSocketOptions.SO_REUSEADDR, INET, flag()),
                new Promise(StandardSocketOptions.SO_REUSEPORT, INET, flag()),
                new Promise(StandardSocketOptions.SO_RCVBUF, ALL, size()),
                new Promise(StandardSocketOptions.SO_SNDBUF, ALL, size()),
                new Promise(
                        StandardSocketOptions.SO_LINGER,
                        STREAMS,
                        values(
                                0, 0, 5, 5, 65_535, 65_535, 65_536, 65_535, -1, -1, -7, -1, true,
                                null)),
                new Promise(StandardSocketOptions.SO_BROADCAST, UDP, flag()),
                new Promise(
                        StandardSocketOptions.IP_MULTICAST_TTL,
                        UDP,
                        values(0, 0, 255, 255, 1, 1, -1, null, 256, null, "1", null)),
                new Promise(StandardSocketOptions.IP_MULTICAST_LOOP, UDP, flag()),
                new Promise(
                        StandardSocketOptions.IP_MULTICAST_IF,
                        UDP,
                        values(loopback, loopback, "lo", null)),
                new Promise(
                        ExtendedSocketOptions.TCP_KEEPIDLE,
                        EnumSet.noneOf(SocketKind.class),
                        values(1, 1)));
    }

    @SuppressWarnings("unchecked") // a wrong type is one of the cases
    private static void set(Socket socket, SocketOption<?> option, Object value) throws Exception {
        socket.setOption((SocketOption<Object>) option, value);
    }

    @Test
    default void everyOptionHasTheOutcomeOfTheTable(@TempDir Path folder) throws Exception {
        Map<String, String> promised = new LinkedHashMap<>();
        Map<String, String> seen = new LinkedHashMap<>();
        List<Promise> promises = promises();
        inFrame(
                rt -> {
                    int folders = 0;
                    for (SocketKind kind : SocketKind.values()) {
                        for (Stage stage : Stage.values()) {
                            boolean isTried = has(kind) && SocketFixture.comesTo(kind, stage);
                            if (!isTried) {
                                continue;
                            }
                            Path own = Files.createDirectory(folder.resolve("f" + folders++));
                            try (Staged staged = new Staged(own)) {
                                Socket socket = staged.open(kind, stage);
                                for (Promise promise : promises) {
                                    tryAll(kind, stage, socket, promise, promised, seen);
                                }
                            }
                        }
                    }
                });
        assertThat(seen).isEqualTo(promised);
    }

    private static void tryAll(
            SocketKind kind,
            Stage stage,
            Socket socket,
            Promise promise,
            Map<String, String> promised,
            Map<String, String> seen)
            throws Exception {
        SocketOption<?> option = promise.option();
        boolean isThere = promise.kinds().contains(kind);
        String noSuch = "UnsupportedOperationException";
        String whatIsThere = stage == Stage.CLOSED ? "EBADF" : "ok";
        String name = kind + " " + stage + " " + option.name();
        promised.put(name + " get", isThere ? whatIsThere : noSuch);
        seen.put(name + " get", SocketFixture.outcomeOf(() -> socket.getOption(option)));
        for (Map.Entry<Object, Object> entry : promise.values().entrySet()) {
            Object value = entry.getKey();
            String outcome = SocketFixture.outcomeOf(() -> set(socket, option, value));
            String row = name + " = " + value;
            boolean isMisuse = entry.getValue() == null;
            String promisedHere = isMisuse ? "IllegalArgumentException" : whatIsThere;
            promised.put(row, isThere ? promisedHere : noSuch);
            seen.put(row, outcome);
            if (outcome.equals("ok") && promised.get(row).equals("ok")) {
                Object read = socket.getOption(option);
                boolean isSize = entry.getValue().equals("at least");
                promised.put(row + " read", isSize ? "at least" : entry.getValue().toString());
                seen.put(
                        row + " read",
                        isSize && (Integer) read >= (Integer) value ? "at least" : "" + read);
            }
        }
    }

    @Test
    default void whatIsRefusedIsRefusedWithASentence(@TempDir Path folder) throws Exception {
        withStaged(
                folder,
                staged -> {
                    Socket tcp = staged.open(SocketKind.TCP, Stage.NEW);
                    assertThatExceptionOfType(UnsupportedOperationException.class)
                            .isThrownBy(
                                    () -> tcp.setOption(StandardSocketOptions.SO_BROADCAST, true))
                            .withMessage("a TCP socket has no option SO_BROADCAST; UDP has it");
                    assertThatExceptionOfType(UnsupportedOperationException.class)
                            .isThrownBy(() -> tcp.getOption(ExtendedSocketOptions.TCP_KEEPIDLE))
                            .withMessageContaining("TCP_KEEPIDLE")
                            .withMessageContaining("TCP_NODELAY, ");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> tcp.setOption(StandardSocketOptions.SO_SNDBUF, -1))
                            .withMessage("SO_SNDBUF: -1, must be at least 1");
                    assertThatIllegalArgumentException()
                            .isThrownBy(() -> set(tcp, StandardSocketOptions.TCP_NODELAY, "yes"))
                            .withMessage("TCP_NODELAY: yes, must be a Boolean");
                });
    }

    /** An option of a listener, with what its connections are to have. */
    private static Map<SocketOption<?>, Object> ofListeners(SocketKind kind, boolean flags) {
        Map<SocketOption<?>, Object> options = new LinkedHashMap<>();
        options.put(StandardSocketOptions.SO_RCVBUF, 20_000);
        options.put(StandardSocketOptions.SO_SNDBUF, 30_000);
        options.put(StandardSocketOptions.SO_LINGER, flags ? 7 : -1);
        if (kind == SocketKind.TCP) {
            options.put(StandardSocketOptions.TCP_NODELAY, flags);
            options.put(StandardSocketOptions.SO_KEEPALIVE, flags);
            options.put(StandardSocketOptions.SO_REUSEADDR, flags);
            options.put(StandardSocketOptions.SO_REUSEPORT, flags);
        }
        return options;
    }

    @Test
    @NotSimulated(NotSimulated.LINGER)
    default void aConnectionHasTheOptionsOfItsListener(@TempDir Path folder) throws Exception {
        List<SocketOption<?>> all =
                promises().stream().<SocketOption<?>>map(Promise::option).toList();
        inFrame(
                rt -> {
                    for (SocketKind kind : STREAMS) {
                        for (int round = 0; round < 4; round++) {
                            Path own = Files.createDirectory(folder.resolve(kind + "" + round));
                            var options = ofListeners(kind, round % 2 == 0);
                            assertThat(all).containsAll(options.keySet());
                            try (Staged staged = new Staged(own)) {
                                Socket listener = staged.open(kind, Stage.NEW);
                                if (round >= 2) {
                                    listener.bind().listen(1);
                                }
                                for (var option : options.entrySet()) {
                                    set(listener, option.getKey(), option.getValue());
                                }
                                if (round < 2) {
                                    listener.bind().listen(1);
                                }
                                staged.to(kind, listener.localAddress()).connect();
                                try (Socket connection = listener.accept()) {
                                    assertHas(connection, options);
                                }
                            }
                        }
                    }
                });
    }

    /** A size is doubled by some systems, and less than what nobody has asked for. */
    private static void assertHas(Socket connection, Map<SocketOption<?>, Object> options)
            throws Exception {
        for (Map.Entry<SocketOption<?>, Object> option : options.entrySet()) {
            Object value = connection.getOption(option.getKey());
            if (option.getValue() instanceof Integer bytes && bytes >= 1000) {
                assertThat((Integer) value).as("%s", option).isBetween(bytes, 2 * bytes);
            } else {
                assertThat(value).as("%s", option).isEqualTo(option.getValue());
            }
        }
    }

    /** Whatever a listener takes, the connections from it live with. */
    @Test
    default void noOptionOfAListenerKeepsItsConnectionsFromBeingServed(@TempDir Path folder)
            throws Exception {
        List<Promise> promises = promises();
        inFrame(
                rt -> {
                    for (SocketKind kind : STREAMS) {
                        Path own = Files.createDirectory(folder.resolve(kind.name()));
                        try (Staged staged = new Staged(own)) {
                            Socket listener = staged.target(kind);
                            List<String> taken = new ArrayList<>();
                            for (Promise promise : promises) {
                                for (Object value : promise.values().keySet()) {
                                    String outcome =
                                            SocketFixture.outcomeOf(
                                                    () -> set(listener, promise.option(), value));
                                    if (outcome.equals("ok")) {
                                        taken.add(promise.option().name() + " = " + value);
                                    }
                                }
                            }
                            assertThat(taken).contains("SO_SNDBUF = 40000");
                            var serving =
                                    rt.spawn(
                                            () ->
                                                    listener.serve(
                                                            peer ->
                                                                    peer.sendAll(
                                                                            ByteBuffer.allocate(
                                                                                    1))));
                            Socket client = staged.to(kind, listener.localAddress()).connect();
                            assertThat(client.recv(ByteBuffer.allocate(1), AT_ONCE)).isOne();
                            listener.close();
                            serving.join();
                        }
                    }
                });
    }
}
