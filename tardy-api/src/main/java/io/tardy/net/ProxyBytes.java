package io.tardy.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.tardy.net.ProxyException.Kind;

/**
 * Where a header of the PROXY protocol ends. Nothing behind it may be taken from the connection,
 * and Netty's decoder takes what it gets; so this tells how many bytes are certainly still to come,
 * while the header is not here as a whole.
 */
final class ProxyBytes {

    /** The signature of version 2. */
    private static final byte[] BINARY = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

    /** What version 1 begins with. */
    private static final byte[] TEXT = "PROXY ".getBytes(ISO_8859_1);

    private static final byte[] TCP = "PROXY TCP".getBytes(ISO_8859_1);

    /** {@code PROXY UNKNOWN} and its line end: none is shorter. */
    private static final int BYTES_MIN = 15;

    private static final int TEXT_MAX = 107;

    /** Of version 2 before its addresses; the last two tell how many there are. */
    private static final int BINARY_MIN = 16;

    private static final int LENGTH_AT = 14;

    private ProxyBytes() {}

    /**
     * How long the header is at least. It is whole if so many bytes are here.
     *
     * @param in from the first byte of the connection; nothing is taken
     * @param bytesMax how long a header of version 2 may be
     * @throws ProxyException if it cannot become a header, as soon as that is certain
     */
    static int needed(ByteBuf in, int bytesMax) throws ProxyException {
        if (!in.isReadable()) {
            return BYTES_MIN;
        } else if (begins(in, BINARY)) {
            return neededOfBinary(in, bytesMax);
        } else if (begins(in, TEXT)) {
            return neededOfText(in);
        }
        throw ProxyException.of(
                Kind.NO_HEADER,
                "it sent something else first; does it send the header, as HAProxy does with"
                        + " send-proxy-v2 and nginx with proxy_protocol on?");
    }

    /** As far as it is here. */
    private static boolean begins(ByteBuf in, byte[] with) {
        int count = Math.min(in.readableBytes(), with.length);
        for (int i = 0; i < count; i++) {
            if (in.getByte(in.readerIndex() + i) != with[i]) {
                return false;
            }
        }
        return true;
    }

    private static int neededOfBinary(ByteBuf in, int bytesMax) throws ProxyException {
        int here = in.readableBytes();
        if (here > BINARY.length) {
            int version = in.getUnsignedByte(in.readerIndex() + BINARY.length) >> 4;
            if (version != 2) {
                throw ProxyException.of(
                        Kind.ILLEGAL,
                        "it sent version " + version + " of it, and there are 1 and 2");
            }
        }
        if (here < BINARY_MIN) {
            return BINARY_MIN;
        }
        int length = BINARY_MIN + in.getUnsignedShort(in.readerIndex() + LENGTH_AT);
        if (length > bytesMax) {
            throw ProxyException.of(
                    Kind.TOO_LONG,
                    "its header has " + length + " bytes, and the limit " + bytesMax);
        }
        return length;
    }

    private static int neededOfText(ByteBuf in) throws ProxyException {
        int here = in.readableBytes();
        int spaces = 0;
        for (int i = TEXT.length; i < Math.min(here, TEXT_MAX); i++) {
            int c = in.getUnsignedByte(in.readerIndex() + i);
            boolean isEnd =
                    c == '\r' && (i + 1 == here || in.getByte(in.readerIndex() + i + 1) == '\n');
            if (isEnd && i + 2 <= TEXT_MAX) {
                return i + 2;
            } else if (isEnd) {
                break;
            } else if (c < ' ' || c > '~') {
                throw ProxyException.of(
                        Kind.ILLEGAL, "it sent a line with the byte " + c + " in it");
            }
            spaces += c == ' ' ? 1 : 0;
        }
        boolean isTcp = here >= TCP.length && begins(in, TCP);
        int left = isTcp ? 2 * Math.max(0, 4 - spaces) : 0; // a space and a character each
        int needed = Math.min(Math.max(here + left + 2, BYTES_MIN), TEXT_MAX);
        if (needed <= here) {
            throw ProxyException.of(
                    Kind.TOO_LONG, "its line has not ended after " + TEXT_MAX + " bytes");
        }
        return needed;
    }
}
