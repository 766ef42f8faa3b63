package io.tardy.runtime;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.util.AttributeKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The channels of Netty's with which a loop serves others: listeners, and what they have accepted.
 * A drain closes the former and tells the latter. Those of clients are not among them: whoever has
 * connected them closes them.
 *
 * <p>For the loop, where it does not say so.
 */
final class ServedChannels {

    /** How often a listener is looked at, whether anybody still comes. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /**
     * How many may wait for a listener that does not say how long its queue is, or says that it is
     * as long as the system allows.
     */
    private static final int WAITING_MAX = 65_536;

    /** Whether a channel was told; it may have moved here from another loop, which drains too. */
    private static final AttributeKey<Boolean> TOLD =
            AttributeKey.valueOf(ServedChannels.class, "told");

    private final TardyEventLoop loop;

    /** The last of a list of those that are open, or null. */
    private Served last;

    /** What they are told; null before the drain. */
    private Object event;

    ServedChannels(TardyEventLoop loop) {
        this.loop = loop;
    }

    /** The channel is about to be registered with the loop; any thread. */
    void watch(Channel channel, ChannelFuture registered) {
        if (channel instanceof ServerChannel || isAccepted(channel)) {
            registered.addListener(new Served(channel));
        }
    }

    /** The streams of a connection have a parent too: of one that a client has made, perhaps. */
    private static boolean isAccepted(Channel channel) {
        return channel.parent() instanceof ServerChannel;
    }

    /** Whether none is open. */
    boolean isEmpty() {
        return last == null;
    }

    /** Has listeners close once they have taken all that waits for them, and tells the others. */
    void drain(Object told) {
        if (event != null) {
            return;
        }
        event = told;
        List<Channel> accepted = new ArrayList<>();
        for (Served each = last; each != null; each = each.previous) {
            if (each.channel instanceof ServerChannel) {
                new Emptying(each.channel).begin();
            } else {
                accepted.add(each.channel);
            }
        }
        tellLater(accepted);
    }

    private void tellLater(List<Channel> accepted) {
        loop.schedule(
                () -> accepted.forEach(this::tell), Draining.IDLE_NANOS, TimeUnit.NANOSECONDS);
    }

    private void tell(Channel channel) {
        if (channel.isOpen() && channel.attr(TOLD).setIfAbsent(true) == null) {
            channel.pipeline().fireUserEventTriggered(event);
        }
    }

    private void add(Served served) {
        served.previous = last;
        if (last != null) {
            last.next = served;
        }
        last = served;
        served.channel.closeFuture().addListener(served);
        if (event == null) {
            return;
        }
        if (served.channel instanceof ServerChannel) {
            new Emptying(served.channel).begin();
        } else {
            tellLater(List.of(served.channel));
        }
    }

    private void remove(Served served) {
        if (served.previous != null) {
            served.previous.next = served.next;
        }
        if (served.next != null) {
            served.next.previous = served.previous;
        } else {
            last = served.previous;
        }
    }

    /** One of them, which listens for its own registration and its close. */
    private final class Served implements ChannelFutureListener {
        private final Channel channel;
        private Served previous;
        private Served next;
        private boolean isRegistered;

        Served(Channel channel) {
            this.channel = channel;
        }

        /** On the loop, unless the channel has moved to another, or the promise is a stranger's. */
        @Override
        public void operationComplete(ChannelFuture done) {
            TaskScheduler scheduler = loop.runtime().scheduler();
            if (isRegistered) {
                scheduler.onLoop(() -> remove(this)); // it is closed
            } else if (done.isSuccess()) {
                isRegistered = true;
                scheduler.onLoop(() -> add(this));
            }
        }
    }

    /**
     * Has a listener take what the system has accepted for it, and closes it when nobody comes any
     * more. Not later than when it has taken as many as its queue holds: more may come for ever.
     */
    private final class Emptying extends ChannelInboundHandlerAdapter {
        private final Channel listener;
        private int left;
        private int taken;

        /** The loop's turn at the last look. */
        private long turn;

        Emptying(Channel listener) {
            this.listener = listener;
            Integer backlog = listener.config().getOption(ChannelOption.SO_BACKLOG);
            this.left = backlog == null ? WAITING_MAX : Math.min(backlog, WAITING_MAX) + 1;
        }

        /** Handshakes that are under way have a moment. */
        void begin() {
            listener.pipeline().addFirst(this);
            loop.schedule(this::begun, Draining.IDLE_NANOS, TimeUnit.NANOSECONDS);
        }

        private void begun() {
            taken = 0;
            lookLater();
        }

        private void lookLater() {
            turn = loop.turns();
            loop.schedule(this::look, LOOK_NANOS, TimeUnit.NANOSECONDS);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            taken++;
            context.fireChannelRead(message);
        }

        /**
         * A turn runs tasks twice, with frames between: only after a reap a look tells anything.
         */
        private void look() {
            if (loop.turns() == turn) {
                lookLater();
                return;
            }
            left -= taken;
            if (taken == 0 || left <= 0) {
                listener.close();
            } else {
                taken = 0;
                lookLater();
            }
        }
    }
}
