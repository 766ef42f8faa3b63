/** The portable transport: {@link io.tardy.transport.poll.PollTransport}. */
package io.tardy.transport.poll;
