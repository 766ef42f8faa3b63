/** WebSocket servers and clients in direct style, over Netty's codec. */
module io.tardy.websocket {
    requires transitive io.netty.buffer;
    requires transitive io.netty.codec.http;
    requires transitive io.netty.handler;
    requires transitive io.netty.transport;
    requires transitive io.tardy;
    requires io.netty.codec;
    requires io.netty.codec.compression; // Netty's encoder of permessage-deflate wants it
    requires io.netty.common;
    requires static jdk.unsupported;
    requires static transitive org.jspecify; // which may be null: for compilers and editors only

    exports io.tardy.websocket;
}
