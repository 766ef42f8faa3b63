package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.SslContextBuilder;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.net.TrustedProxies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Sends back what it receives, behind TLS. */
final class TlsEcho {

    private TlsEcho() {}

    /**
     * @param proxies the load balancers that clients come through; null if they come directly
     */
    static void start(TardyRuntime rt, Socket server, Tls tls, TrustedProxies proxies) {
        Socket.ConnectionHandler secured = tls.serving(TlsEcho::echo);
        Socket.ConnectionHandler serving =
                proxies == null ? secured : proxies.serving((peer, client) -> secured.handle(peer));
        rt.spawn("accept", () -> server.serve(serving));
    }

    private static void echo(TlsSocket peer) throws IOException {
        // Waits; others are served. When the program ends, who idles is told goodbye.
        for (ByteBuf data; (data = Frame.idle(null, peer::recv)) != null; ) {
            peer.sendAll(data);
        }
    }

    /**
     * With a certificate and its key, in PEM files.
     *
     * @throws IllegalStateException if they are none
     */
    static Tls with(Path certificate, Path key) {
        try {
            return Tls.ofNetty(
                    SslContextBuilder.forServer(certificate.toFile(), key.toFile()).build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "no certificate and key in PEM: " + certificate + ", " + key + ": " + reason(e),
                    e);
        }
    }

    private static String reason(Throwable failure) {
        return failure.getCause() == null ? failure.getMessage() : reason(failure.getCause());
    }

    /** With a certificate for localhost that nobody else has signed; made by the JDK's keytool. */
    static Tls selfSigned() throws IOException {
        Path folder = Files.createTempDirectory("tls-echo");
        Path store = folder.resolve("key.p12");
        String password = UUID.randomUUID().toString();
        try {
            makeKey(store, password);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream content = Files.newInputStream(store)) {
                keys.load(content, password.toCharArray());
            }
            KeyManagerFactory managers =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return Tls.of(context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no certificate could be made: " + reason(e), e);
        } finally {
            Files.deleteIfExists(store);
            Files.delete(folder);
        }
    }

    private static void makeKey(Path store, String password) throws IOException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        if (!Files.isExecutable(keytool)) {
            throw new IllegalStateException(
                    "this JDK has no keytool to make a certificate with: use --cert and --key");
        }
        String options =
                " -genkeypair -alias tls-echo -keyalg EC -groupname secp256r1 -dname CN=localhost"
                        + " -ext san=dns:localhost,ip:127.0.0.1 -validity 30 -storetype PKCS12";
        List<String> command = new ArrayList<>(List.of(keytool.toString()));
        command.addAll(List.of(options.strip().split(" ")));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", password));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        try (InputStream output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool made no certificate: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a certificate was made", e);
        }
    }
}
