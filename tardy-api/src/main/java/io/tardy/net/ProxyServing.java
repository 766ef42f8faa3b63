package io.tardy.net;

import io.tardy.net.ProxyException.Kind;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Set;

/** Has each accepted connection begin with its header. Used by the frames of all runtimes. */
final class ProxyServing implements Socket.ConnectionHandler {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    private final TrustedProxies proxies;
    private final TrustedProxies.Handler handler;
    private final Once once = new Once();

    ProxyServing(TrustedProxies proxies, TrustedProxies.Handler handler) {
        this.proxies = proxies;
        this.handler = handler;
    }

    @Override
    public void handle(Socket peer) throws Exception {
        ProxyHeader header;
        try {
            header = proxies.readHeader(peer);
        } catch (ProxyException e) {
            once.log(e);
            return;
        }
        handler.handle(peer, header);
    }

    /** A server under attack must not fill its disk with its log. For any thread. */
    static final class Once {

        private final Set<Kind> logged = EnumSet.of(Kind.PROBE);

        void log(ProxyException failure) {
            synchronized (logged) {
                if (!logged.add(failure.kind())) {
                    return;
                }
            }
            LOGGER.log(
                    Level.WARNING,
                    "logged once for this kind ({0}): {1}",
                    failure.kindName(),
                    failure.getMessage());
        }
    }
}
