/**
 * A server that asks a backend before it answers: {@link io.tardy.examples.gateway.Gateway} on
 * sockets, {@link io.tardy.examples.gateway.FrameGateway} in direct style on Netty's codecs, and
 * {@link io.tardy.examples.gateway.NettyGateway}, the same with callbacks.
 */
package io.tardy.examples.gateway;
