package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Signals end a server in its own process. */
@DisabledOnOs(OS.WINDOWS)
class TerminationTest {

    private static Process startServer() throws Exception {
        String classPath =
                Stream.of(
                                System.getProperty("jdk.module.path"),
                                System.getProperty("java.class.path"),
                                Path.of("target", "test-classes").toString())
                        .filter(path -> path != null && !path.isEmpty())
                        .collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-opens",
                                "java.base/java.lang=ALL-UNNAMED",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classPath,
                                TerminationMain.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void sigtermClosesWith1001FinishesRequestsAndExitsWithZero() throws Exception {
        Process process = startServer();
        try (BufferedReader out = process.inputReader()) {
            int port = Integer.parseInt(out.readLine());
            try (RawPeer peer = new RawPeer(port).upgrade();
                    RawPeer http = new RawPeer(port)) {
                peer.send(RawPeer.text("before"));
                assertThat(peer.readFrame()).isEqualTo("text “before”");
                http.send(RawPeer.http("GET / HTTP/1.1", "Host: a"));
                assertThat(out.readLine()).isEqualTo("request");
                assertThat(process.supportsNormalTermination()).isTrue();
                process.destroy();
                assertThat(peer.readToEnd()).isEqualTo("close 1001, end");
                assertThat(http.readStatus()).isEqualTo("HTTP 200");
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
