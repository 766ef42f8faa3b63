package io.tardy.sim.netty;

import io.netty.channel.ChannelId;
import io.tardy.sim.net.CurrentNode;
import java.util.HexFormat;

/**
 * The identity of a channel, from the seed. That of Netty's own has the process and the time of day
 * in it, and a channel's hash code comes from it: a {@code ChannelGroup} would be gone through in
 * another order in each run.
 */
record SimChannelId(long number) implements ChannelId {

    private static final long serialVersionUID = 1;

    /** For a channel of the program that runs now. */
    static ChannelId next() {
        return new SimChannelId(CurrentNode.newIdentity());
    }

    @Override
    public String asShortText() {
        return asLongText().substring(8);
    }

    @Override
    public String asLongText() {
        return HexFormat.of().toHexDigits(number);
    }

    @Override
    public int compareTo(ChannelId other) {
        return asLongText().compareTo(other.asLongText());
    }

    @Override
    public String toString() {
        return asShortText();
    }
}
