package io.tardy.bench;

import io.tardy.Scope;
import io.tardy.net.TlsSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server that is not ours: what our clients send comes back, in its way. */
interface TlsHost extends AutoCloseable {

    int port();

    /** What a client says, of the content that it is given. */
    byte[] request(byte[] content);

    /** What has to come back. */
    byte[] answer(byte[] request);

    /** Says the last word, where the server waits for one. */
    void end(TlsSocket peer) throws IOException;

    @Override
    void close() throws IOException, InterruptedException;

    /** One connection of ours, in a frame: writes and reads at once; what has come back. */
    default byte[] visit(TlsSocket peer, byte[] request) throws IOException {
        ByteBuffer back = ByteBuffer.allocate(answer(request).length);
        try (Scope scope = Scope.open()) {
            scope.fork(() -> peer.writeAll(ByteBuffer.wrap(request)));
            while (back.hasRemaining()) {
                if (peer.read(back) < 0) {
                    throw new IOException("the end, " + back.remaining() + " bytes too early");
                }
            }
            scope.join();
        }
        end(peer);
        if (peer.read(ByteBuffer.allocate(1)) >= 0) {
            throw new IOException("there is more than was sent");
        }
        return back.array();
    }

    /** The JDK's. */
    static TlsHost ofJdk(SSLContext context) throws IOException {
        SSLServerSocket listener =
                (SSLServerSocket)
                        context.getServerSocketFactory()
                                .createServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("jdk-host").start(() -> accept(listener));
        return new TlsHost() {
            @Override
            public int port() {
                return listener.getLocalPort();
            }

            @Override
            public byte[] request(byte[] content) {
                return content;
            }

            @Override
            public byte[] answer(byte[] request) {
                return request;
            }

            @Override
            public void end(TlsSocket peer) throws IOException {
                peer.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                listener.close();
            }
        };
    }

    private static void accept(SSLServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                SSLSocket peer = (SSLSocket) listener.accept();
                Thread.ofVirtual().start(() -> echo(peer));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void echo(SSLSocket peer) {
        try (peer) {
            InputStream in = peer.getInputStream();
            OutputStream out = peer.getOutputStream();
            byte[] data = new byte[16 * 1024];
            for (int count; (count = in.read(data)) >= 0; ) {
                out.write(data, 0, count);
            }
        } catch (IOException e) {
            System.err.println("the JDK's server: " + e); // the client misses its answer
        }
    }

    /** OpenSSL's program, one connection at a time: it turns lines around. */
    static TlsHost ofOpenSsl(TlsKeys keys) throws IOException {
        Process process =
                new ProcessBuilder(
                                "openssl",
                                "s_server",
                                "-rev",
                                "-accept",
                                "127.0.0.1:0",
                                "-cert",
                                keys.certificate().toString(),
                                "-key",
                                keys.key().toString())
                        .redirectErrorStream(true)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        BufferedReader out = process.inputReader();
        Pattern accepts = Pattern.compile("ACCEPT 127\\.0\\.0\\.1:(\\d+)");
        StringBuilder said = new StringBuilder();
        for (String line; (line = out.readLine()) != null; ) {
            Matcher matcher = accepts.matcher(line);
            if (matcher.matches()) {
                Thread.ofVirtual().start(() -> out.lines().forEach(more -> {}));
                return new Reversing(process, Integer.parseInt(matcher.group(1)));
            }
            said.append(line).append(' ');
        }
        throw new IOException("openssl s_server does not listen: " + said);
    }

    /** Lines that come back from their ends to their beginnings. */
    record Reversing(Process process, int port) implements TlsHost {

        private static final int LINE = 7_000;

        @Override
        public byte[] request(byte[] content) {
            byte[] source = Arrays.copyOf(content, Math.ceilDiv(content.length + 1, 4) * 3);
            byte[] text = Base64.getEncoder().encode(source);
            for (int i = LINE; i < text.length; i += LINE + 1) {
                text[i] = '\n';
            }
            text[text.length - 1] = '\n';
            return text;
        }

        @Override
        public byte[] answer(byte[] request) {
            byte[] answer = request.clone();
            int begin = 0;
            for (int end = 0; end < request.length; end++) {
                if (request[end] == '\n') {
                    for (int i = begin; i < end; i++) {
                        answer[i] = request[end - 1 - (i - begin)];
                    }
                    begin = end + 1;
                }
            }
            return answer;
        }

        @Override
        public void end(TlsSocket peer) throws IOException {
            peer.writeAll(ByteBuffer.wrap("CLOSE\n".getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }
}
