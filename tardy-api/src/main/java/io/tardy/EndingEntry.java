package io.tardy;

/** Ends the entry whose frame has failed. */
final class EndingEntry implements UncaughtFrameHandler {

    static final EndingEntry INSTANCE = new EndingEntry();

    private EndingEntry() {}

    @Override
    public void uncaught(Frame<?> frame, Throwable failure) {
        frame.runtime().core().fail(new FrameFailedException(frame.name(), failure));
    }
}
