package io.tardy.os;

import io.netty.channel.unix.FileDescriptor;
import io.tardy.aio.OpenSocket;

/** What is a Unix descriptor that an event loop can poll. */
public interface DescriptorOwner extends OpenSocket {

    /** The descriptor, for registering with an event loop. */
    FileDescriptor descriptor();
}
