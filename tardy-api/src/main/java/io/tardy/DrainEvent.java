package io.tardy;

/**
 * What the handlers of a channel are told in a {@link TardyRuntime#drain drain}, in {@code
 * userEventTriggered}, if a listener of Netty's on a runtime has accepted it: its runtime ends. It
 * comes once, 100 ms after the drain has begun, or after the channel was registered if that was
 * later. So who is idle when it comes may close the channel; who is not is told by {@link
 * TardyRuntime#isDraining} that its next answer is the last.
 *
 * <p>A frame at the end of a pipeline needs it not: it waits in {@link Frame#idle}.
 */
public final class DrainEvent {

    /** The only one. */
    public static final DrainEvent INSTANCE = new DrainEvent();

    private DrainEvent() {}

    @Override
    public String toString() {
        return "drain";
    }
}
