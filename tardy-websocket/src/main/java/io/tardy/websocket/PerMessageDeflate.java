package io.tardy.websocket;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionData;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * permessage-deflate as a server and a client have negotiated it (RFC 7692, section 7).
 *
 * <p>Both sides compress with the JDK's {@code Deflater}, whose window always has 15 bits. Netty
 * uses jzlib for other windows, but jzlib is no longer maintained. So a server declines an offer
 * that asks it for a smaller window. A client that is asked for one sends its messages
 * uncompressed, which is always allowed. What is received may have any window.
 *
 * @param serverResets whether the server compresses each message independently of earlier ones
 * @param clientResets whether the client does
 * @param confirmsWindow whether the server's answer must name its window of 15 bits
 * @param compresses whether this side compresses what it sends
 */
record PerMessageDeflate(
        boolean serverResets, boolean clientResets, boolean confirmsWindow, boolean compresses) {

    private static final String NAME = "permessage-deflate";

    private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
    private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
    private static final String SERVER_WINDOW = "server_max_window_bits";
    private static final String CLIENT_WINDOW = "client_max_window_bits";

    /** A client's offer, the same as browsers'; every legal answer to it can be met. */
    static final String OFFER = NAME + "; " + CLIENT_WINDOW;

    private static final Set<String> FLAGS = Set.of(SERVER_NO_TAKEOVER, CLIENT_NO_TAKEOVER);
    private static final Pattern WINDOW = Pattern.compile("[89]|1[0-5]");
    private static final String OUR_WINDOW = "15";

    private static final int LEVEL = 6;

    /** A server's choice: the first offer that it can meet, or null. */
    static PerMessageDeflate firstOf(List<Extension> offers) {
        for (Extension offer : offers) {
            Map<String, String> asked = offer.name().equals(NAME) ? legal(offer) : null;
            if (asked != null && asked.getOrDefault(SERVER_WINDOW, OUR_WINDOW).equals(OUR_WINDOW)) {
                return of(asked, true);
            }
        }
        return null;
    }

    /**
     * What the server's answer to {@link #OFFER} means for the client; null if the server declines.
     *
     * @throws IllegalArgumentException if the answer is not legal
     */
    static PerMessageDeflate ofAnswer(List<Extension> answer) {
        if (answer.isEmpty()) {
            return null;
        }
        Extension only = answer.getFirst();
        Map<String, String> accepted =
                answer.size() == 1 && only.name().equals(NAME) ? legal(only) : null;
        if (accepted == null
                || accepted.containsKey(CLIENT_WINDOW) && accepted.get(CLIENT_WINDOW) == null) {
            throw new IllegalArgumentException(
                    "the server uses an extension that was not offered, or an illegal parameter: "
                            + answer);
        }
        return of(accepted, accepted.getOrDefault(CLIENT_WINDOW, OUR_WINDOW).equals(OUR_WINDOW));
    }

    private static PerMessageDeflate of(Map<String, String> parameters, boolean compresses) {
        return new PerMessageDeflate(
                parameters.containsKey(SERVER_NO_TAKEOVER),
                parameters.containsKey(CLIENT_NO_TAKEOVER),
                parameters.containsKey(SERVER_WINDOW),
                compresses);
    }

    /** The parameters by name; null if one is unknown or repeated, or has an illegal value. */
    private static Map<String, String> legal(Extension extension) {
        Map<String, String> parameters = new HashMap<>();
        for (Extension.Parameter parameter : extension.parameters()) {
            String name = parameter.name().toLowerCase(Locale.ROOT);
            if (parameters.containsKey(name) || !isLegal(name, parameter.value())) {
                return null;
            }
            parameters.put(name, parameter.value());
        }
        return parameters;
    }

    private static boolean isLegal(String name, String value) {
        if (value == null) {
            return FLAGS.contains(name) || name.equals(CLIENT_WINDOW);
        }
        return (name.equals(SERVER_WINDOW) || name.equals(CLIENT_WINDOW))
                && WINDOW.matcher(value).matches();
    }

    /** The header value of a server's answer. */
    String answer() {
        return NAME
                + (serverResets ? "; " + SERVER_NO_TAKEOVER : "")
                + (clientResets ? "; " + CLIENT_NO_TAKEOVER : "")
                + (confirmsWindow ? "; " + SERVER_WINDOW + "=" + OUR_WINDOW : "");
    }

    /**
     * Decompresses what the peer sends.
     *
     * @param bytesMax the longest decompressed frame
     */
    ChannelHandler newInflater(boolean isServer, int bytesMax) {
        return new MessageInflater(isServer ? !clientResets : !serverResets, bytesMax);
    }

    /** Compresses what we send. Only Netty's negotiation creates Netty's encoder. */
    ChannelHandler newDeflater(boolean isServer) {
        boolean resets = isServer ? serverResets : clientResets;
        Map<String, String> parameters =
                resets
                        ? Collections.singletonMap(SERVER_NO_TAKEOVER, null)
                        : Collections.emptyMap();
        return new PerMessageDeflateServerExtensionHandshaker(
                        LEVEL, false, Integer.parseInt(OUR_WINDOW), true, false, 0)
                .handshakeExtension(new WebSocketExtensionData(NAME, parameters))
                .newExtensionEncoder();
    }
}
