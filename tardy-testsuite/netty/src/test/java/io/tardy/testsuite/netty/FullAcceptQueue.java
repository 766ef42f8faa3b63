package io.tardy.testsuite.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Stands in for the host that Netty's connection tests cannot reach, which is one on the internet
 * by default: a port of the loopback interface where nobody accepts and the queue is full, so that
 * a connect waits for an answer that does not come. Netty reads the address from system properties
 * when the first test's class is loaded; so it is there before that.
 */
public final class FullAcceptQueue implements LauncherSessionListener {

    private static final int FILL_MAX = 64;
    private static final int FILL_TIMEOUT_MILLIS = 500;

    private final List<AutoCloseable> open = new ArrayList<>();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        try {
            ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            open.add(server);
            fill((InetSocketAddress) server.getLocalSocketAddress());
            System.setProperty(
                    "io.netty.testsuite.badHost", server.getInetAddress().getHostAddress());
            System.setProperty(
                    "io.netty.testsuite.badPort", Integer.toString(server.getLocalPort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill(InetSocketAddress address) throws IOException {
        for (int i = 0; i < FILL_MAX; i++) {
            Socket socket = new Socket();
            open.add(socket);
            try {
                socket.connect(address, FILL_TIMEOUT_MILLIS);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new IllegalStateException("the accept queue took " + FILL_MAX + " connections");
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        for (AutoCloseable socket : open) {
            try {
                socket.close();
            } catch (Exception e) {
                System.err.println("not closed: " + socket + ": " + e);
            }
        }
    }
}
