package io.tardy.netty;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsQueryLifecycleObserver;
import io.netty.resolver.dns.DnsQueryLifecycleObserverFactory;
import io.tardy.aio.ConnectError;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the name servers have said to one lookup. Netty calls it an unknown host whatever has gone
 * wrong; a program asks again only if no server could say.
 */
final class DnsReport implements DnsQueryLifecycleObserverFactory {

    /** Why a question has no answer. */
    private record Trouble(ConnectError error, String reason) {}

    private final Map<DnsQuestion, Trouble> troubles = new LinkedHashMap<>();
    private final Set<DnsQuestion> answered = new HashSet<>();

    /** An answer was too long for a datagram, and did not come by TCP either. */
    private boolean isCutShort;

    @Override
    public DnsQueryLifecycleObserver newDnsQueryLifecycleObserver(DnsQuestion question) {
        return new Query(question);
    }

    void connectionClosed(boolean hasAnswered) {
        isCutShort |= !hasAnswered;
    }

    /**
     * What a lookup fails with.
     *
     * @param failure Netty's
     */
    IOException failure(String host, Exception failure) {
        if (isCutShort) {
            return troubled(
                    host,
                    new Trouble(
                            ConnectError.NAME_SERVER_FAILED,
                            "its answer is too long for a datagram, and the name server has not"
                                    + " sent it by TCP: let TCP to it pass, or ask another"),
                    failure);
        }
        troubles.keySet().removeAll(answered);
        if (!troubles.isEmpty()) {
            return troubled(host, troubles.values().iterator().next(), failure);
        }
        if (failure instanceof IllegalArgumentException) {
            return unknown(host + ": " + failure.getMessage(), failure); // not the form of a name
        }
        boolean isSaid =
                failure.getCause() == null || failure.getCause() instanceof DnsErrorCauseException;
        return failure instanceof UnknownHostException && isSaid
                ? unknown(host, failure)
                : troubled(
                        host,
                        new Trouble(
                                ConnectError.NAME_SERVER_FAILED,
                                "no name server could be asked: " + reasonOf(failure)),
                        failure);
    }

    private static String reasonOf(Throwable failure) {
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return String.valueOf(reason.getMessage());
    }

    private static TardyIOException troubled(String host, Trouble trouble, Exception cause) {
        TardyIOException failure =
                new TardyIOException("lookup", trouble.error, 0, host + ": " + trouble.reason);
        failure.initCause(cause);
        return failure;
    }

    private static UnknownHostException unknown(String message, Exception cause) {
        UnknownHostException failure = new UnknownHostException(message);
        failure.initCause(cause);
        return failure;
    }

    /** One question, to one server after the other. */
    private final class Query implements DnsQueryLifecycleObserver {

        private final DnsQuestion question;
        private InetSocketAddress server;

        /** At the end Netty says of each that it has failed, asked or not. */
        private boolean isAsked;

        Query(DnsQuestion question) {
            this.question = question;
        }

        @Override
        public void queryWritten(InetSocketAddress to, ChannelFuture future) {
            server = to;
            isAsked = true;
        }

        @Override
        public void queryCancelled(int queriesRemaining) {
            // Nobody wants to know any more.
        }

        @Override
        public DnsQueryLifecycleObserver queryRedirected(List<InetSocketAddress> servers) {
            return this;
        }

        @Override
        public DnsQueryLifecycleObserver queryCNAMEd(DnsQuestion next) {
            answered.add(question);
            return new Query(next);
        }

        @Override
        public DnsQueryLifecycleObserver queryNoAnswer(DnsResponseCode code) {
            isAsked = false;
            troubles.put(
                    question,
                    new Trouble(
                            ConnectError.NAME_SERVER_FAILED,
                            "the name server "
                                    + server
                                    + " has answered "
                                    + code
                                    + ": ask again later, or ask another"));
            return this;
        }

        @Override
        public void queryFailed(Throwable cause) {
            if (cause instanceof DnsNameResolverTimeoutException) {
                troubles.put(
                        question,
                        new Trouble(
                                ConnectError.TIMED_OUT,
                                "the name server "
                                        + server
                                        + " has not answered in time: is it the right one, and"
                                        + " does UDP to it pass?"));
            } else if (cause instanceof DnsNameResolverException) {
                troubles.put(
                        question,
                        new Trouble(
                                ConnectError.NAME_SERVER_FAILED,
                                "the name server "
                                        + server
                                        + " cannot be asked: "
                                        + reasonOf(cause)));
            } else if (isAsked) {
                answered.add(question); // that there is no such name, or that it has no address
            }
            isAsked = false;
        }

        @Override
        public void querySucceed() {
            answered.add(question);
        }
    }
}
