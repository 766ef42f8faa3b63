package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReplicaCommandTest {

    @Test
    @Timeout(60)
    void aReplicaThatCannotKeepItsJournalEndsWithAStatusThatSaysSo(@TempDir Path folder)
            throws Exception {
        Path file = Files.createFile(folder.resolve("no-directory"));
        String peers = "127.0.0.1:" + freePort() + ",127.0.0.1:1,127.0.0.1:2";
        String[] arguments = {"replica", "--peers", peers, "--id", "1", "--data", file.toString()};
        assertThat(Main.commandLine(arguments).execute(arguments)).isEqualTo(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }
}
