package io.tardy.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client that is not ours: sends what it is given, and returns what has come back. */
@FunctionalInterface
interface TlsVisitor {

    int PATIENCE_SECONDS = 60;

    /**
     * One connection, to its end.
     *
     * @param is13 of which version of TLS it is; else of 1.2
     */
    byte[] visit(int port, boolean is13, byte[] content) throws Exception;

    /** The JDK's, which writes and reads at once. */
    static TlsVisitor ofJdk(SSLContext context) {
        return (port, is13, content) -> {
            try (SSLSocket socket =
                    (SSLSocket)
                            context.getSocketFactory()
                                    .createSocket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                socket.setEnabledProtocols(new String[] {is13 ? "TLSv1.3" : "TLSv1.2"});
                socket.startHandshake();
                FutureTask<Void> writing =
                        new FutureTask<>(
                                () -> {
                                    OutputStream out = socket.getOutputStream();
                                    out.write(content);
                                    return null;
                                });
                Thread.ofVirtual().start(writing);
                byte[] back = socket.getInputStream().readNBytes(content.length);
                writing.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (socket.getInputStream().read() >= 0) {
                    throw new IOException("there is more than was sent");
                }
                return back;
            }
        };
    }

    static TlsVisitor ofOpenSsl(TlsKeys keys, Path folder) {
        return (port, is13, content) ->
                run(
                        folder,
                        content,
                        sent -> {
                            List<String> command =
                                    words(
                                            "openssl s_client -quiet -verify_return_error"
                                                    + " -verify_hostname localhost -servername"
                                                    + " localhost");
                            command.add(is13 ? "-tls1_3" : "-tls1_2");
                            command.addAll(List.of("-connect", "127.0.0.1:" + port));
                            command.addAll(List.of("-CAfile", keys.certificate().toString()));
                            return command;
                        });
    }

    /** Sends a file with PUT, and gets it back as the answer. */
    static TlsVisitor ofCurl(TlsKeys keys, Path folder) {
        return (port, is13, content) ->
                run(
                        folder,
                        content,
                        sent -> {
                            List<String> command =
                                    words("curl -sS --fail --http1.1 --noproxy * -H Expect: -T");
                            command.add(sent.toString());
                            command.addAll(words(is13 ? "--tlsv1.3" : "--tlsv1.2 --tls-max 1.2"));
                            command.addAll(List.of("--cacert", keys.certificate().toString()));
                            command.add("--connect-to");
                            command.add("localhost:443:127.0.0.1:" + port);
                            command.add("https://localhost/echo");
                            return command;
                        });
    }

    private static List<String> words(String text) {
        return new ArrayList<>(List.of(text.split(" ")));
    }

    /** Makes a command for the file that is sent. */
    @FunctionalInterface
    interface Command {
        List<String> of(Path sent);
    }

    private static byte[] run(Path folder, byte[] content, Command command) throws Exception {
        Path sent = Files.createTempFile(folder, "sent", "");
        Path back = Files.createTempFile(folder, "back", "");
        Path said = Files.createTempFile(folder, "said", "");
        try {
            Files.write(sent, content);
            Process process =
                    new ProcessBuilder(command.of(sent))
                            .redirectInput(sent.toFile())
                            .redirectOutput(back.toFile())
                            .redirectError(said.toFile())
                            .start();
            try {
                boolean isOver = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (!isOver || process.exitValue() != 0) {
                    throw new IOException(
                            (isOver ? "status " + process.exitValue() : "no end")
                                    + ": "
                                    + Files.readString(said).strip());
                }
            } finally {
                process.destroyForcibly();
            }
            return Files.readAllBytes(back);
        } finally {
            Files.delete(sent);
            Files.delete(back);
            Files.delete(said);
        }
    }
}
