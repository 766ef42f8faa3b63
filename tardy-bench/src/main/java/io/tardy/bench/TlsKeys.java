package io.tardy.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and its certificate for localhost, in a folder: also as the files that programs read. */
final class TlsKeys {

    static final String HOST = "localhost";

    private static final String NAME = "bench";
    private static final String STORE = "keys.p12";
    private static final char[] PASSWORD = "changeit".toCharArray(); // it protects nothing

    private final Path folder;
    private final KeyStore store;

    private TlsKeys(Path folder) throws IOException, GeneralSecurityException {
        this.folder = folder;
        this.store = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(folder.resolve(STORE))) {
            store.load(content, PASSWORD);
        }
    }

    /** Has the JDK's keytool make them. */
    static TlsKeys makeIn(Path folder) throws Exception {
        String options =
                "-genkeypair -keyalg EC -groupname secp256r1 -dname CN=localhost -ext"
                        + " san=dns:localhost -validity 30 -storetype PKCS12 -alias "
                        + NAME;
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString()));
        command.addAll(List.of(options.split(" ")));
        command.addAll(List.of("-keystore", folder.resolve(STORE).toString()));
        command.addAll(List.of("-storepass", new String(PASSWORD)));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        keytool.getOutputStream().close();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool has made no certificate: " + said.strip());
        }
        TlsKeys keys = new TlsKeys(folder);
        Key key = keys.store.getKey(NAME, PASSWORD);
        Files.writeString(keys.key(), pem("PRIVATE KEY", key.getEncoded()));
        Files.writeString(
                keys.certificate(),
                pem("CERTIFICATE", keys.store.getCertificate(NAME).getEncoded()));
        return keys;
    }

    /** Those that another process has made. */
    static TlsKeys ofFolder(Path folder) throws IOException, GeneralSecurityException {
        return new TlsKeys(folder);
    }

    private static String pem(String what, byte[] content) {
        String lines = Base64.getMimeEncoder().encodeToString(content);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }

    Path key() {
        return folder.resolve("key.pem");
    }

    Path certificate() {
        return folder.resolve("certificate.pem");
    }

    /** Of either side: it has the key, and trusts nobody else's. */
    SSLContext context() throws GeneralSecurityException {
        KeyManagerFactory own =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        trusted.setCertificateEntry(NAME, store.getCertificate(NAME));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
