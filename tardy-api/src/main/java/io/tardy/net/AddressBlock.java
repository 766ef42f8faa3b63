package io.tardy.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The addresses that begin with the same bits, as {@code 10.0.0.0/8}; or one address. */
record AddressBlock(InetAddress first, int bits) {

    /** As {@link TrustedProxies#of} takes it, but for {@code unix:}. */
    static AddressBlock parse(String block) {
        int slash = block.indexOf('/');
        InetAddress first = literal(slash < 0 ? block : block.substring(0, slash));
        if (first == null) {
            throw new IllegalArgumentException(
                    "'"
                            + block
                            + "' is no address: use one such as 192.0.2.7, a block such as"
                            + " 10.0.0.0/8 or fd00::/8, or unix: for the sockets of this host");
        }
        int all = first.getAddress().length * Byte.SIZE;
        int bits = slash < 0 ? all : bits(block, slash + 1, all);
        if (hasBitsBehind(first.getAddress(), bits)) {
            throw new IllegalArgumentException(
                    "'"
                            + block
                            + "' has bits behind the first "
                            + bits
                            + ": is it one address, without the /"
                            + bits
                            + ", or a block whose other bits are 0?");
        }
        return new AddressBlock(first, bits);
    }

    private static int bits(String block, int begin, int all) {
        int bits = begin < block.length() && block.length() - begin <= 3 ? 0 : -1;
        for (int i = begin; bits >= 0 && i < block.length(); i++) {
            int digit = block.charAt(i) - '0';
            bits = digit >= 0 && digit <= 9 ? bits * 10 + digit : -1;
        }
        if (bits < 0 || bits > all) {
            throw new IllegalArgumentException(
                    "'" + block + "' has no number of bits from 0 to " + all + " behind its /");
        }
        return bits;
    }

    private static boolean hasBitsBehind(byte[] address, int bits) {
        for (int i = bits; i < address.length * Byte.SIZE; i++) {
            if ((address[i / Byte.SIZE] & 0x80 >> i % Byte.SIZE) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The address that this text is, without a lookup; null if it is none. */
    static @Nullable InetAddress literal(String text) {
        boolean isLiteral =
                NetUtil.isValidIpV4Address(text)
                        || text.indexOf('%') < 0
                                && text.indexOf('[') < 0
                                && NetUtil.isValidIpV6Address(text);
        byte[] bytes = isLiteral ? NetUtil.createByteArrayFromIpAddressString(text) : null;
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // it has 4 or 16 bytes
        }
    }

    boolean contains(InetAddress address) {
        byte[] own = first.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (own[i] != other[i]) {
                return false;
            }
        }
        int mask = 0xff00 >> bits % Byte.SIZE & 0xff;
        return mask == 0 || ((own[whole] ^ other[whole]) & mask) == 0;
    }

    @Override
    public String toString() {
        return first.getHostAddress()
                + (bits == first.getAddress().length * Byte.SIZE ? "" : "/" + bits);
    }
}
