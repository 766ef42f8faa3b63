package io.tardy.websocket;

import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client on the JDK's engine that sends and sees close_notify itself. */
final class TlsPeer implements AutoCloseable {

    private final Socket socket;
    private final SSLEngine engine;
    private final ByteBuffer net;
    private final ByteBuffer plain;
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private boolean atEnd;

    TlsPeer(int port, X509Bundle trusted) throws Exception {
        this(port, trusted, "TLSv1.3");
    }

    TlsPeer(int port, X509Bundle trusted, String version) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry("trusted", trusted.getCertificate());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance(version);
        context.init(null, trust.getTrustManagers(), null);
        engine = context.createSSLEngine("localhost", port);
        engine.setUseClientMode(true);
        net = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) ServerFixture.PATIENCE.toMillis());
        engine.beginHandshake();
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING && !atEnd) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NEED_TASK -> engine.getDelegatedTask().run();
                default -> unwrap();
            }
        }
    }

    private void wrap(ByteBuffer from) throws IOException {
        wrap(from, socket.getOutputStream());
    }

    private void wrap(ByteBuffer from, OutputStream to) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(from, out);
        to.write(out.array(), 0, out.position());
    }

    /** Unwraps one record, after as many reads as it needs. */
    private void unwrap() throws IOException {
        while (true) {
            net.flip();
            SSLEngineResult result = engine.unwrap(net, plain);
            net.compact();
            seen.write(plain.array(), 0, plain.position());
            plain.clear();
            if (result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                return;
            }
            int count = socket.getInputStream().read(net.array(), net.position(), net.remaining());
            if (count < 0) {
                atEnd = true;
                return;
            }
            net.position(net.position() + count);
        }
    }

    void send(byte[]... parts) throws IOException {
        wrapAll(socket.getOutputStream(), parts);
    }

    private void wrapAll(OutputStream to, byte[]... parts) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(RawPeer.concat(parts));
        while (bytes.hasRemaining()) {
            wrap(bytes, to);
        }
    }

    /** Ends this direction of TLS and keeps the connection. */
    void closeNotify() throws IOException {
        closeNotify(socket.getOutputStream());
    }

    private void closeNotify(OutputStream to) throws IOException {
        engine.closeOutbound();
        while (!engine.isOutboundDone()) {
            wrap(ByteBuffer.allocate(0), to);
        }
    }

    /** Both in one write, so that a server reads both at once. */
    void sendWithCloseNotify(byte[]... parts) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        wrapAll(records, parts);
        closeNotify(records);
        socket.getOutputStream().write(records.toByteArray());
    }

    /** Waits for the head of an answer. */
    void awaitHead() throws IOException {
        while (!atEnd && !engine.isInboundDone() && !received().contains("\r\n\r\n")) {
            unwrap();
        }
    }

    private String received() {
        return seen.toString(StandardCharsets.ISO_8859_1);
    }

    /** Everything received up to a close_notify or the end of the connection. */
    String readToEnd() throws IOException {
        while (!atEnd && !engine.isInboundDone()) {
            unwrap();
        }
        return received();
    }

    boolean gotCloseNotify() {
        try {
            engine.closeInbound();
            return true;
        } catch (SSLException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
