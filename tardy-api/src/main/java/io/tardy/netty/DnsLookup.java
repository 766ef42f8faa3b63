package io.tardy.netty;

import io.netty.channel.Channel;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One name that is asked for, by all frames that want it meanwhile; nothing of it is open when they
 * have their answer, or the last one has given up.
 */
final class DnsLookup {

    private final TardyRuntime runtime;
    private final DnsNameResolverBuilder settings;
    private final String host;
    private final Promise<List<InetAddress>> found;

    /** So many frames want to know. */
    private int waiting;

    // On the loop until there is an answer.
    private final DnsReport report = new DnsReport();
    private final DnsAnswers answers;
    private final List<Channel> connections = new ArrayList<>();

    /**
     * @param kept what the runtime has been told
     */
    DnsLookup(TardyRuntime runtime, DnsNameResolverBuilder settings, DnsCache kept, String host) {
        this.runtime = runtime;
        this.settings = settings;
        this.answers = new DnsAnswers(kept);
        this.host = host;
        this.found = runtime.eventLoop().newPromise();
    }

    /** Whether it has its answer, or nobody wanted it any more. */
    boolean isOver() {
        return found.isDone();
    }

    /**
     * Asks, if nobody has, and waits; in a frame.
     *
     * @throws IOException as of {@link DnsResolver#resolve}
     */
    List<InetAddress> await() throws IOException {
        boolean isFirst = waiting++ == 0;
        try {
            if (isFirst) {
                runtime.eventLoop().execute(this::begin); // to Netty a frame is a stranger
            }
            return List.copyOf(runtime.await(found));
        } catch (TardyIOException | IllegalStateException e) {
            throw e; // it is the frame that may not wait any longer, or at all
        } catch (Exception e) {
            throw report.failure(host, e);
        } finally {
            if (--waiting == 0) {
                found.cancel(false); // Netty closes its socket then, and so do we
            }
        }
    }

    private void begin() {
        if (found.isDone()) {
            return; // given up
        }
        FutureListener<List<InetAddress>> end = this::end;
        found.addListener(end);
        try {
            settings.copy()
                    .resolveCache(answers)
                    .dnsQueryLifecycleObserverFactory(report)
                    .socketChannelFactory(this::newConnection)
                    .build()
                    .resolveAll(host, found);
        } catch (RuntimeException | Error e) {
            found.tryFailure(e);
        }
    }

    private void end(Future<List<InetAddress>> done) {
        connections.forEach(Channel::close);
        if (done.isSuccess()) {
            answers.keep();
        }
    }

    /** For an answer that was too long for a datagram. */
    private SocketChannel newConnection() {
        SocketChannel made =
                new ReflectiveChannelFactory<>(runtime.channelTypes().socket()).newChannel();
        connections.add(made);
        DnsConnectionEnd end = new DnsConnectionEnd();
        made.pipeline().addLast(end);
        made.closeFuture().addListener(closed -> report.connectionClosed(end.hasAnswered()));
        return made;
    }
}
