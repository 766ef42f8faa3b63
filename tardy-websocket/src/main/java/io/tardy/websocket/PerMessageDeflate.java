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
 * permessage-deflate as a server and a client have agreed on it (RFC 7692, section 7).
 *
 * <p>Both compress with the JDK's {@code Deflater}, whose window has 15 bits, always; jzlib, which
 * Netty takes for others, ended with its release 1.1.3. So a server declines an offer that wants a
 * smaller window of it, and a client of which a server wants one sends its messages as they are,
 * which it always may; what comes may be of any window.
 *
 * @param serverStartsAnew whether no message of the server's refers to earlier ones
 * @param clientStartsAnew whether no message of the client's does
 * @param tellsWindow whether the server must say that its window has 15 bits, for it was asked
 * @param compresses whether what we send is compressed
 */
record PerMessageDeflate(
        boolean serverStartsAnew,
        boolean clientStartsAnew,
        boolean tellsWindow,
        boolean compresses) {

    private static final String NAME = "permessage-deflate";

    private static final String SERVER_STARTS_ANEW = "server_no_context_takeover";
    private static final String CLIENT_STARTS_ANEW = "client_no_context_takeover";
    private static final String SERVER_WINDOW = "server_max_window_bits";
    private static final String CLIENT_WINDOW = "client_max_window_bits";

    /** What a client offers, as browsers do: every legal answer to it can be kept. */
    static final String OFFER = NAME + "; " + CLIENT_WINDOW;

    private static final Set<String> FLAGS = Set.of(SERVER_STARTS_ANEW, CLIENT_STARTS_ANEW);
    private static final Pattern WINDOW = Pattern.compile("[89]|1[0-5]");
    private static final String OUR_WINDOW = "15";

    private static final int LEVEL = 6;

    /** What a server agrees to: the first offer that it can keep, or null. */
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
     * What a client has to keep, having made {@link #OFFER}; null if the server has none.
     *
     * @throws IllegalArgumentException if the server may not answer so
     */
    static PerMessageDeflate ofAnswer(List<Extension> answer) {
        if (answer.isEmpty()) {
            return null;
        }
        Extension only = answer.getFirst();
        Map<String, String> told =
                answer.size() == 1 && only.name().equals(NAME) ? legal(only) : null;
        if (told == null || told.containsKey(CLIENT_WINDOW) && told.get(CLIENT_WINDOW) == null) {
            throw new IllegalArgumentException(
                    "an extension that was not asked for, or a wrong parameter: " + answer);
        }
        return of(told, told.getOrDefault(CLIENT_WINDOW, OUR_WINDOW).equals(OUR_WINDOW));
    }

    private static PerMessageDeflate of(Map<String, String> parameters, boolean compresses) {
        return new PerMessageDeflate(
                parameters.containsKey(SERVER_STARTS_ANEW),
                parameters.containsKey(CLIENT_STARTS_ANEW),
                parameters.containsKey(SERVER_WINDOW),
                compresses);
    }

    /** Its parameters by their names; null if one is unknown, there twice, or has no such value. */
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

    /** The header of a server's answer. */
    String answer() {
        return NAME
                + (serverStartsAnew ? "; " + SERVER_STARTS_ANEW : "")
                + (clientStartsAnew ? "; " + CLIENT_STARTS_ANEW : "")
                + (tellsWindow ? "; " + SERVER_WINDOW + "=" + OUR_WINDOW : "");
    }

    /**
     * Decompresses what the peer sends.
     *
     * @param bytesMax of what comes of a frame
     */
    ChannelHandler newInflater(boolean isServer, int bytesMax) {
        return new MessageInflater(isServer ? !clientStartsAnew : !serverStartsAnew, bytesMax);
    }

    /** Compresses what we send. Netty makes its encoder for those only who negotiate with it. */
    ChannelHandler newDeflater(boolean isServer) {
        boolean startsAnew = isServer ? serverStartsAnew : clientStartsAnew;
        Map<String, String> parameters =
                startsAnew
                        ? Collections.singletonMap(SERVER_STARTS_ANEW, null)
                        : Collections.emptyMap();
        return new PerMessageDeflateServerExtensionHandshaker(
                        LEVEL, false, Integer.parseInt(OUR_WINDOW), true, false, 0)
                .handshakeExtension(new WebSocketExtensionData(NAME, parameters))
                .newExtensionEncoder();
    }
}
