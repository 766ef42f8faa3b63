package io.tardy.examples.sim;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.tardy.TardyRuntime;

/** Clients of HTTP, on Netty's codec. */
final class HttpClients {

    private HttpClients() {}

    static Bootstrap on(TardyRuntime rt) {
        return new Bootstrap()
                .group(rt.eventLoop())
                .channel(rt.channelTypes().socket())
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline()
                                        .addLast(
                                                new HttpClientCodec(),
                                                new HttpObjectAggregator(65536));
                            }
                        });
    }
}
