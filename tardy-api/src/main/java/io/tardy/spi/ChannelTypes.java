package io.tardy.spi;

import io.netty.channel.IoHandler;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * Netty's names for one mechanism.
 *
 * <p>Public for bootstraps that choose a channel by it, and for authors of transports, who name
 * theirs.
 *
 * @param ioHandler the type by which {@code isIoType} knows it
 * @param serverSocket what listens for TCP
 * @param socket TCP
 * @param datagram UDP
 * @param serverDomainSocket what listens at a path of the Unix domain
 * @param domainSocket a stream of the Unix domain
 */
public record ChannelTypes(
        Class<? extends IoHandler> ioHandler,
        Class<? extends ServerSocketChannel> serverSocket,
        Class<? extends SocketChannel> socket,
        Class<? extends DatagramChannel> datagram,
        Class<? extends ServerChannel> serverDomainSocket,
        Class<? extends DuplexChannel> domainSocket) {}
