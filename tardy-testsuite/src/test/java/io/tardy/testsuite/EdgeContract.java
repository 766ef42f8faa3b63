package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every operation on everything in every state ends as docs/edges.md says, on every transport. An
 * operation that is not in the tables fails the build.
 */
@NotSimulated("it limits the process, and makes its edges with the JDK")
interface EdgeContract extends TransportFixture {

    /** Whether it has datagram sockets of the Unix domain. */
    default boolean hasUnixDatagrams() {
        return true;
    }

    @Test
    default void tcpSocketsDoAsThePageSays() throws Exception {
        assertAsThePageSays(SocketEdges.tcp());
    }

    @Test
    default void unixSocketsDoAsThePageSays() throws Exception {
        assertAsThePageSays(SocketEdges.unix());
    }

    @Test
    default void udpSocketsDoAsThePageSays() throws Exception {
        assertAsThePageSays(SocketEdges.udp());
    }

    @Test
    default void unixDatagramSocketsDoAsThePageSays() throws Exception {
        if (hasUnixDatagrams()) {
            assertAsThePageSays(SocketEdges.unixDatagram());
        }
    }

    @Test
    default void filesDoAsThePageSays() throws Exception {
        assertAsThePageSays(FileEdges.files());
    }

    @Test
    default void directoriesDoAsThePageSays() throws Exception {
        assertAsThePageSays(FileEdges.directories());
    }

    @Test
    default void buffersAreFilledAndEmptiedAsThePageSays() throws Exception {
        assertAsThePageSays(BufferEdges.buffers());
    }

    @Test
    default void whatWaitsEndsAsThePageSays() throws Exception {
        assertAsThePageSays(WaitingEdges.waits());
    }

    @Test
    default void everyOperationIsInTheTables() {
        assertThat(SocketEdges.tcp().methods()).isEqualTo(EdgeTable.operationsOf(Socket.class));
        assertThat(FileEdges.files().methods()).isEqualTo(EdgeTable.operationsOf(File.class));
        Set<String> ofDirectories = new TreeSet<>(FileEdges.directories().methods());
        assertThat(ofDirectories).isEqualTo(EdgeTable.operationsOf(Dir.class));
    }

    private <T> void assertAsThePageSays(EdgeTable<T> table) throws Exception {
        EdgePage page = EdgePage.read();
        List<String> wrong = new ArrayList<>();
        inFrame(
                rt -> {
                    for (String row : table.rows()) {
                        for (String column : table.columns()) {
                            String expected =
                                    page.expected(table.title(), row, column, transport());
                            String seen = table.seen(row, column, expected);
                            page.note(table, row, column, seen);
                            if (!seen.equals(expected)) {
                                wrong.add(row + ", " + column + ": " + seen + ", not " + expected);
                            }
                        }
                    }
                });
        page.write(transport(), table);
        assertThat(wrong).as("%s on %s", table.title(), transport().label()).isEmpty();
    }
}
