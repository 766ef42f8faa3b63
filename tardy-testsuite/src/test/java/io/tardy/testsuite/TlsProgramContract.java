package io.tardy.testsuite;

import static io.tardy.testsuite.TlsFixture.bytes;
import static io.tardy.testsuite.TlsFixture.client;
import static io.tardy.testsuite.TlsFixture.server;
import static io.tardy.testsuite.TlsFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsException;
import io.tardy.net.TlsSocket;
import java.io.BufferedReader;
import java.io.File;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on sockets, with OpenSSL's programs and curl at the other end. */
@NotSimulated("its peers are other programs")
interface TlsProgramContract extends TlsFixture {

    Pattern ACCEPTS = Pattern.compile("ACCEPT 127\\.0\\.0\\.1:(\\d+)");

    private static Path trusted(Path folder) throws Exception {
        return Files.writeString(
                folder.resolve("trusted.pem"), Certificates.SERVER.getCertificatePEM());
    }

    /** What one connection does behind its handshake. */
    @FunctionalInterface
    interface Answer {
        void to(TlsSocket peer) throws Exception;
    }

    /** Runs a program against a server for one connection. */
    private SystemCommand visited(Tls tls, Answer answer, String command) throws Exception {
        SystemCommand[] ended = new SystemCommand[1];
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        String shell =
                                command.replace("PORT", "" + TransportFixture.port(listener));
                        Frame<Void> program =
                                rt.spawn(
                                        () ->
                                                ended[0] =
                                                        rt.offload(
                                                                () ->
                                                                        SystemCommand.run(
                                                                                "sh", "-c",
                                                                                shell)));
                        try (Socket socket = listener.accept();
                                TlsSocket peer = tls.server(socket)) {
                            answer.to(peer);
                        }
                        program.join();
                    }
                });
        return ended[0];
    }

    @Test
    default void openSslsClientGetsEveryByteBack(@TempDir Path folder) throws Exception {
        SystemCommand.succeed("openssl", "version");
        byte[] content = new byte[4 << 20];
        new SplittableRandom(7).nextBytes(content);
        Path sent = Files.write(folder.resolve("sent"), content);
        Path received = folder.resolve("received");
        Tls asking = server().requireClientCertificate();
        Path own = folder.resolve("own.pem");
        Files.writeString(
                own,
                Certificates.OTHER.getCertificatePEM()
                        + "\n"
                        + Certificates.OTHER.getPrivateKeyPEM());
        for (String version : new String[] {"-tls1_3", "-tls1_2"}) {
            SystemCommand ended =
                    visited(
                            asking,
                            peer -> {
                                ByteBuffer data = ByteBuffer.allocateDirect(64 * 1024);
                                for (int left = content.length; left > 0; ) {
                                    left -= peer.read(data.clear());
                                    peer.writeAll(data.flip());
                                }
                            },
                            "exec timeout 60 openssl s_client -quiet -verify_return_error"
                                    + " -verify_hostname localhost -servername localhost "
                                    + version
                                    + " -connect 127.0.0.1:PORT -cert "
                                    + own
                                    + " -CAfile "
                                    + trusted(folder)
                                    + " <"
                                    + sent
                                    + " 2>&1 >"
                                    + received);
            assertThat(ended.status()).as("%s: %s", version, ended.said()).isZero();
            assertThat(Files.mismatch(sent, received)).as(version).isEqualTo(-1);
        }
    }

    /** Its commands: K asks for keys of both sides, k changes its own, Q says goodbye. */
    @Test
    default void openSslsClientChangesItsKeys(@TempDir Path folder) throws Exception {
        SystemCommand.succeed("openssl", "version");
        Tls tls = server();
        Path trusted = trusted(folder);
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Process program =
                                new ProcessBuilder(
                                                "openssl",
                                                "s_client",
                                                "-tls1_3",
                                                "-connect",
                                                "127.0.0.1:" + TransportFixture.port(listener),
                                                "-CAfile",
                                                trusted.toString())
                                        .redirectErrorStream(true)
                                        .start();
                        try (Socket socket = listener.accept();
                                TlsSocket peer = tls.server(socket)) {
                            Deadline.within(patience(), () -> changeKeys(rt, peer, program));
                        } finally {
                            program.destroyForcibly().waitFor();
                        }
                    }
                });
    }

    private static void changeKeys(TardyRuntime rt, TlsSocket peer, Process program)
            throws Exception {
        Writer commands = program.outputWriter();
        BufferedReader output = program.inputReader();
        for (int i = 0; i < 6; i++) {
            say(commands, i % 2 == 0 ? "K" : "k");
            awaitLine(rt, output, "KEYUPDATE");
            String line = "line " + i;
            say(commands, line);
            assertThat(text(peer, line.length() + 1)).isEqualTo(line + "\n");
            peer.writeAll(bytes(line + "\n"));
            awaitLine(rt, output, line);
        }
        say(commands, "Q");
        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    private static void say(Writer commands, String command) throws Exception {
        commands.write(command + "\n");
        commands.flush();
    }

    private static void awaitLine(TardyRuntime rt, BufferedReader output, String wanted)
            throws Exception {
        rt.offload(
                () -> {
                    for (String line; (line = output.readLine()) != null; ) {
                        if (line.equals(wanted)) {
                            return null;
                        }
                    }
                    throw new AssertionError("no " + wanted);
                });
    }

    @Test
    default void curlGetsAnAnswerAndItsEnd(@TempDir Path folder) throws Exception {
        SystemCommand.succeed("curl", "--version");
        String content = "0123456789".repeat(100_000);
        SystemCommand ended =
                visited(
                        server().applicationProtocols("h2", "http/1.1"),
                        peer -> {
                            assertThat(peer.applicationProtocol()).isEqualTo("http/1.1");
                            peer.read(ByteBuffer.allocate(4096));
                            peer.writeAll(bytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
                            peer.writeAll(bytes(content)); // whose end is the close_notify
                        },
                        "exec curl -sS -m 60 --http1.1 --noproxy '*'"
                                + " --connect-to localhost:443:127.0.0.1:PORT https://localhost/"
                                + " --cacert "
                                + trusted(folder));
        assertThat(ended).isEqualTo(new SystemCommand(0, content));
    }

    @Test
    default void curlsRefusalIsOneSentence(@TempDir Path folder) throws Exception {
        SystemCommand.succeed("curl", "--version");
        String[] said = new String[1];
        Tls tls = server();
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        int port = TransportFixture.port(listener);
                        Frame<SystemCommand> curl =
                                rt.spawnCall(
                                        () ->
                                                rt.offload(
                                                        () ->
                                                                SystemCommand.run(
                                                                        "curl",
                                                                        "-sS",
                                                                        "-m60",
                                                                        "https://localhost:"
                                                                                + port)));
                        try (TlsSocket peer = tls.server(listener.accept())) {
                            peer.read(ByteBuffer.allocate(1));
                        } catch (TlsException e) {
                            said[0] = e.getMessage();
                        }
                        assertThat(curl.join().status()).isEqualTo(60);
                    }
                });
        assertThat(said[0]).contains("the peer refused: unknown_ca");
    }

    /** It sends each line back from its end to its beginning. */
    @Test
    default void openSslsServerAnswersOurClient(@TempDir Path folder) throws Exception {
        SystemCommand.succeed("openssl", "version");
        Path key = folder.resolve("key.pem");
        Files.writeString(key, Certificates.SERVER.getPrivateKeyPEM());
        File output = folder.resolve("output").toFile();
        for (String version : new String[] {"-tls1_3", "-tls1_2"}) {
            Process server =
                    new ProcessBuilder(
                                    "openssl",
                                    "s_server",
                                    "-accept",
                                    "127.0.0.1:0",
                                    "-rev",
                                    version,
                                    "-cert",
                                    trusted(folder).toString(),
                                    "-key",
                                    key.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(output)
                            .redirectInput(new File("/dev/null"))
                            .start();
            try {
                inFrame(rt -> talkTo(rt, server, output.toPath()));
            } finally {
                server.destroyForcibly().waitFor();
            }
        }
    }

    private static void talkTo(TardyRuntime rt, Process server, Path output) throws Exception {
        Matcher accepts = ACCEPTS.matcher("");
        while (!accepts.reset(rt.offload(() -> Files.readString(output))).find()) {
            assertThat(server.isAlive()).as("%s", accepts).isTrue();
            Frame.delay(DeadlineContract.SOON);
        }
        int port = Integer.parseInt(accepts.group(1));
        Tls tls = client();
        for (int visit = 0; visit < 3; visit++) {
            try (Socket socket = Socket.tcp("127.0.0.1", port);
                    TlsSocket peer = socket.connect().tls(tls, HOST)) {
                for (int i = 0; i < 200; i++) {
                    String line = ("%08d".formatted(i)).repeat(100);
                    peer.writeAll(bytes(line + "\n"));
                    assertThat(text(peer, line.length() + 1))
                            .isEqualTo(new StringBuilder(line).reverse() + "\n");
                }
                peer.writeAll(bytes("CLOSE\n"));
                assertThat(peer.read(ByteBuffer.allocate(9))).isEqualTo(-1);
            }
        }
    }
}
