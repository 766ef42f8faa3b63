package io.tardy.bench;

import io.netty.buffer.ByteBuf;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.stream.ByteReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Our side of {@code tls-peers}, as a server: sends back as many bytes as each connection has. */
final class TlsPeersServer {

    private final TardyRuntime runtime;
    private final Tls tls;
    private final int length;

    TlsPeersServer(TardyRuntime runtime, Tls tls, int length) {
        this.runtime = runtime;
        this.tls = tls;
        this.length = length;
    }

    /**
     * Listens until the program ends.
     *
     * @param isHttp to requests with a body, which is the answer's; else to anything
     * @return the port
     */
    int listen(boolean isHttp) throws IOException {
        return runtime.spawnCall(
                        () -> {
                            Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(1024);
                            runtime.spawn(
                                    () ->
                                            listener.serve(
                                                    tls.serving(
                                                            isHttp ? this::answer : this::echo)));
                            return ((InetSocketAddress) listener.localAddress()).getPort();
                        })
                .join();
    }

    private void echo(TlsSocket peer) throws IOException {
        for (int left = length; left > 0; ) {
            ByteBuf data = peer.recv();
            if (data == null) {
                throw new EOFException(left + " bytes are missing");
            }
            left -= data.readableBytes();
            peer.sendAll(data);
        }
    }

    private void answer(TlsSocket peer) throws IOException {
        ByteReader request = peer.reader();
        for (String line; !(line = request.readLine()).isEmpty(); ) {
            if (line.equalsIgnoreCase("content-length: " + length)) {
                String head = "HTTP/1.1 200 OK\r\nConnection: close\r\n" + line + "\r\n\r\n";
                peer.writeAll(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
            }
        }
        for (int left = length; left > 0; ) {
            ByteBuffer part = request.readSome(left);
            if (part == null) {
                throw new EOFException(left + " bytes are missing");
            }
            left -= part.remaining();
            peer.writeAll(part);
        }
    }
}
