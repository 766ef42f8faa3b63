package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.TlsException.Stage;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.TaskScheduler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** The beginning of TLS on one connection, in the frame that asks for it. */
final class TlsHandshake {

    private static final int CAUSES_MAX = 16;

    /** What a peer has sent may be in a reason, of any length. */
    private static final int REASON_CHARS_MAX = 300;

    /** Which would end the line of a log, or show it otherwise. */
    private static final Pattern NOT_OF_A_LINE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    /** RFC 8446, section 5.1: types of records are 20 to 24. */
    private static final int RECORD_TYPE_MIN = 20;

    private static final int RECORD_TYPE_MAX = 24;

    /** The JDK's sentences about the peer's alert, which may come encrypted or not; BoringSSL's. */
    private static final Pattern ALERT =
            Pattern.compile(
                    "(?:Received fatal alert: |alert received: .*Alert: |:(?:SSLV3|TLSV1)_ALERT_)"
                            + "(\\w+)");

    private final Socket socket;
    private final TlsEngines engines;
    private final Tls tls;
    private final RuntimeCore runtime;
    private final @Nullable SocketAddress address;
    private boolean hasRecord;

    /** OpenSSL wants room for data before there can be any; null with the JDK's engine. */
    private @Nullable ByteBuf early;

    TlsHandshake(Socket socket, TlsEngines engines, Tls tls) throws TardyIOException {
        this.runtime = TaskScheduler.taskHere("a TLS handshake").scheduler().runtime();
        if (socket.handle.kind().isDatagram()) {
            throw new TardyIOException(
                    "tls",
                    SocketError.OPERATION_NOT_SUPPORTED,
                    Errno.EOPNOTSUPP.number(),
                    "TLS is for streams");
        }
        this.socket = socket;
        this.engines = engines;
        this.tls = tls;
        this.address = socket.remoteAddress();
    }

    TlsSocket client(String host, ByteBuffer readAhead) throws IOException {
        return closeOnFailure(
                () -> {
                    int port = address instanceof InetSocketAddress inet ? inet.getPort() : -1;
                    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
                    SSLEngine engine = engines.client(runtime.settings().allocator(), name, port);
                    return run(engine, name, readAhead);
                });
    }

    TlsSocket server(ByteBuffer readAhead) throws IOException {
        return closeOnFailure(
                () -> run(engines.server(runtime.settings().allocator()), null, readAhead));
    }

    private interface Making {
        TlsSocket make() throws IOException;
    }

    private TlsSocket closeOnFailure(Making making) throws IOException {
        boolean isMade = false;
        try {
            TlsSocket made = making.make();
            isMade = true;
            return made;
        } finally {
            if (!isMade) {
                socket.close();
            }
        }
    }

    private TlsSocket run(SSLEngine engine, @Nullable String host, ByteBuffer readAhead)
            throws IOException {
        TlsRecords records = new TlsRecords(socket, engine, runtime.settings().allocator());
        boolean isDone = false;
        try {
            SSLParameters parameters = engine.getSSLParameters();
            if (host != null && !isLiteral(host)) {
                parameters.setServerNames(List.of(serverName(host)));
            }
            tls.set(parameters, host != null);
            engine.setSSLParameters(parameters);
            records.receivedBefore(readAhead);
            socket.lending.end(); // what was read ahead may have been lent
            within(records, host);
            isDone = true;
            return new TlsSocket(records, runtime, earlyData());
        } finally {
            if (!isDone) {
                ReferenceCountUtil.release(early);
                records.releaseReceived();
                records.releaseUnsent();
                records.releaseEngine();
            }
        }
    }

    private @Nullable ByteBuf earlyData() {
        if (early != null && !early.isReadable()) {
            early.release();
            early = null;
        }
        return early;
    }

    private static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private static SNIHostName serverName(String host) {
        try {
            return new SNIHostName(host);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + host + "' is no host that TLS can ask for: " + e.getMessage(), e);
        }
    }

    private void within(TlsRecords records, @Nullable String host) throws IOException {
        try {
            Deadline.within(tls.handshakeMax(), () -> shakeHands(records));
        } catch (CancelledException e) {
            throw e;
        } catch (DeadlineExceededException e) {
            throw failure(host, "it was not done in " + tls.handshakeMax(), e);
        } catch (SSLException | TardyIOException e) {
            sayWhy(records, e);
            throw failure(host, reason(e, records), e);
        }
    }

    private void shakeHands(TlsRecords records) throws IOException {
        records.engine().beginHandshake();
        for (; ; ) {
            switch (records.status()) {
                case NEED_TASK -> records.runTasks();
                case NEED_WRAP -> {
                    records.wrapOwed();
                    if (records.status() == HandshakeStatus.NEED_WRAP) {
                        requireOpen(records);
                        records.send();
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    records.send();
                    unwrap(records);
                }
                default -> {
                    records.send();
                    return;
                }
            }
        }
    }

    private static void requireOpen(TlsRecords records) throws SSLException {
        if (records.engine().isOutboundDone()) {
            throw new SSLException("the peer has ended TLS within its handshake");
        }
    }

    private void unwrap(TlsRecords records) throws IOException {
        SSLEngineResult result = records.unwrap(room());
        hasRecord |= result.bytesConsumed() > 0;
        if (early != null) {
            early.writerIndex(early.writerIndex() + result.bytesProduced());
        }
        switch (result.getStatus()) {
            case OK -> {
                if (result.bytesConsumed() == 0) {
                    receiveIfWanted(records);
                }
            }
            case BUFFER_UNDERFLOW -> receiveIfWanted(records);
            case CLOSED -> throw new SSLException("the peer has ended TLS within its handshake");
            case BUFFER_OVERFLOW -> {
                if (early != null) {
                    throw new SSLException("data came within the handshake of TLS");
                }
                early = records.plainRoom();
            }
        }
    }

    /** OpenSSL's engine may find without another byte that the handshake is done. */
    private static void receiveIfWanted(TlsRecords records) throws TardyIOException, SSLException {
        if (records.status() == HandshakeStatus.NEED_UNWRAP) {
            receive(records);
        }
    }

    private ByteBuffer room() {
        return early == null
                ? TlsRecords.nothing()
                : early.nioBuffer(early.writerIndex(), early.writableBytes());
    }

    private static void receive(TlsRecords records) throws TardyIOException, SSLException {
        if (!records.receive()) {
            throw new SSLException("the connection has ended within the handshake of TLS");
        }
    }

    /** Sends the alert, if the engine has made one. */
    private static void sayWhy(TlsRecords records, IOException failure) {
        try {
            records.wrapOwed();
        } catch (SSLException e) {
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
        if (records.sendAtOnce()) {
            records.discardReceived();
        }
    }

    private TlsException failure(@Nullable String host, String reason, Throwable cause) {
        String peer = address == null ? "the peer" : address.toString();
        String whom = host == null ? peer : host + " (" + peer + ")";
        return new TlsException(
                Stage.HANDSHAKE, "the TLS handshake with " + whom + " failed: " + reason, cause);
    }

    private String reason(IOException failure, TlsRecords records) {
        return !hasRecord && failure instanceof SSLException && isNoTls(records.firstByte())
                ? "the peer does not speak TLS"
                : reason(failure);
    }

    private static boolean isNoTls(int first) {
        boolean isOfOldHello = (first & 0x80) != 0; // also of no byte, which is -1
        return !isOfOldHello && (first < RECORD_TYPE_MIN || first > RECORD_TYPE_MAX);
    }

    /** What is in the way, on one line, without the names of classes. */
    static String reason(Throwable failure) {
        String line = NOT_OF_A_LINE.matcher(reasonAsTold(failure)).replaceAll("?");
        return line.length() <= REASON_CHARS_MAX
                ? line
                : line.substring(0, REASON_CHARS_MAX) + "...";
    }

    private static String reasonAsTold(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        Throwable cause = failure;
        boolean isOfCertificate = false;
        for (int depth = 0; depth < CAUSES_MAX; depth++) {
            Matcher alert = ALERT.matcher(String.valueOf(cause.getMessage()));
            if (alert.find()) {
                return "the peer refused: " + alert.group(1).toLowerCase(Locale.ROOT);
            }
            isOfCertificate |= cause instanceof CertificateException;
            if (cause.getCause() == null) {
                break;
            }
            cause = cause.getCause();
        }
        String root = String.valueOf(cause.getMessage());
        if (isOfCertificate) {
            return "the certificate of the peer is refused: " + root;
        }
        boolean isOfCause = message.equals(String.valueOf(failure.getCause())); // with its class
        return isOfCause ? root : message.contains(root) ? message : message + ": " + root;
    }
}
