package io.tardy.testsuite;

import io.tardy.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences of operations on files and sockets, beside models that say what must come of
 * them: every byte, position and error. 10,000 on three transports together, half of them on files.
 */
interface SequenceContract extends TransportFixture {

    int FILES = 7;
    int LIMITED = 60;
    int STREAMS = 16;
    int DATAGRAMS = 24;

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void filesDoWhatTheModelDoes(@TempDir Path folder) throws Exception {
        inFrame(rt -> files("filesDoWhatTheModelDoes", FileSequence.in(folder), FILES));
    }

    @Test
    @NotSimulated(NotSimulated.LIMIT)
    default void filesDoWhatTheModelDoesUnderALimitOfSize(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (AutoCloseable limit = FullDisk.limitFileSize(70_000)) {
                        files(
                                "filesDoWhatTheModelDoesUnderALimitOfSize",
                                FileSequence.limited(folder, 70_000),
                                LIMITED);
                    }
                });
    }

    @Test
    @NotSimulated(NotSimulated.LIMIT)
    default void filesDoWhatTheModelDoesWhereDescriptorsRunOut(@TempDir Path folder)
            throws Exception {
        String test = "filesDoWhatTheModelDoesWhereDescriptorsRunOut";
        inFrame(
                rt -> {
                    files(test, FileSequence.in(folder), LIMITED * 4); // what that loads is loaded
                    try (AutoCloseable limit = FullDisk.leaveDescriptors(2)) {
                        files(test, FileSequence.shortOfDescriptors(folder), LIMITED);
                    }
                    files(test, FileSequence.in(folder), LIMITED * 4);
                });
    }

    private static void files(String test, Sequences.Runner<FileStep> runner, int part)
            throws Exception {
        new Sequences<>(test, FileStep::make, runner).run(part);
    }

    @Test
    default void tcpConnectionsDoWhatTheModelDoes() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        streams(
                                "tcpConnectionsDoWhatTheModelDoes",
                                () -> {
                                    Socket client = TransportFixture.connectTo(listener);
                                    return new Socket[] {client, listener.accept()};
                                });
                    }
                });
    }

    @Test
    default void unixConnectionsDoWhatTheModelDoes(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        inFrame(
                rt -> {
                    try (Socket listener = Socket.unix(path).bind().listen(8)) {
                        streams(
                                "unixConnectionsDoWhatTheModelDoes",
                                () -> {
                                    Socket client = Socket.unix(path).connect();
                                    return new Socket[] {client, listener.accept()};
                                });
                    }
                });
    }

    private static void streams(String test, StreamSequence.Opening opening) throws Exception {
        new Sequences<>(test, StreamSequence::make, StreamSequence.between(opening)).run(STREAMS);
    }

    @Test
    default void udpSocketsDoWhatTheModelDoes() throws Exception {
        inFrame(
                rt ->
                        datagrams(
                                "udpSocketsDoWhatTheModelDoes",
                                () ->
                                        new Socket[] {
                                            Socket.udp("127.0.0.1", 0).bind(),
                                            Socket.udp("127.0.0.1", 0).bind()
                                        }));
    }

    /** Where the transport has them. */
    static void unixDatagrams(Path folder) throws Exception {
        Path[] paths = {folder.resolve("a"), folder.resolve("b")};
        datagrams(
                "unixDatagramSocketsDoWhatTheModelDoes",
                () -> {
                    Files.deleteIfExists(paths[0]);
                    Files.deleteIfExists(paths[1]);
                    return new Socket[] {
                        Socket.unixDatagram(paths[0]).bind(), Socket.unixDatagram(paths[1]).bind()
                    };
                });
    }

    private static void datagrams(String test, DatagramSequence.Opening opening) throws Exception {
        new Sequences<>(test, DatagramSequence::make, DatagramSequence.between(opening))
                .run(DATAGRAMS);
    }
}
