package io.tardy.os;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;

/** The options of a socket that is a Unix descriptor, as Netty's calls or Linux's have them. */
final class DescriptorOptions {

    private DescriptorOptions() {}

    static void set(Socket socket, SocketOption<?> option, Object value) throws IOException {
        if (option == StandardSocketOptions.TCP_NODELAY) {
            socket.setTcpNoDelay((Boolean) value);
        } else if (option == StandardSocketOptions.SO_REUSEADDR) {
            socket.setReuseAddress((Boolean) value);
        } else if (option == StandardSocketOptions.SO_REUSEPORT) {
            socket.setReusePort((Boolean) value);
        } else if (option == StandardSocketOptions.SO_KEEPALIVE) {
            socket.setKeepAlive((Boolean) value);
        } else if (option == StandardSocketOptions.SO_RCVBUF) {
            socket.setReceiveBufferSize((Integer) value);
        } else if (option == StandardSocketOptions.SO_SNDBUF) {
            socket.setSendBufferSize((Integer) value);
        } else if (option == StandardSocketOptions.SO_LINGER) {
            socket.setSoLinger((Integer) value);
        } else if (option == StandardSocketOptions.SO_BROADCAST) {
            socket.setBroadcast((Boolean) value);
        } else if (DescriptorSocket.IS_LINUX && LinuxMulticast.has(option)) {
            LinuxMulticast.set(socket.intValue(), option, value);
        } else {
            throw unknownOption(option);
        }
    }

    static Object get(Socket socket, SocketOption<?> option) throws IOException {
        if (option == StandardSocketOptions.TCP_NODELAY) {
            return socket.isTcpNoDelay();
        } else if (option == StandardSocketOptions.SO_REUSEADDR) {
            return socket.isReuseAddress();
        } else if (option == StandardSocketOptions.SO_REUSEPORT) {
            return socket.isReusePort();
        } else if (option == StandardSocketOptions.SO_KEEPALIVE) {
            return socket.isKeepAlive();
        } else if (option == StandardSocketOptions.SO_RCVBUF) {
            return socket.getReceiveBufferSize();
        } else if (option == StandardSocketOptions.SO_SNDBUF) {
            return socket.getSendBufferSize();
        } else if (option == StandardSocketOptions.SO_LINGER) {
            return socket.getSoLinger();
        } else if (option == StandardSocketOptions.SO_BROADCAST) {
            return socket.isBroadcast();
        } else if (DescriptorSocket.IS_LINUX && LinuxMulticast.has(option)) {
            return LinuxMulticast.get(socket.intValue(), option);
        }
        throw unknownOption(option);
    }

    /** Elsewhere than on Linux Netty's sockets lack the options of multicast. */
    private static UnsupportedOperationException unknownOption(SocketOption<?> option) {
        return new UnsupportedOperationException(
                option.name() + " is not supported here; the transport poll has it");
    }
}
