package io.tardy.runtime;

/** Steps of a runtime's life that a test takes in the place of its loop. */
public final class CoreSteps {

    private CoreSteps() {}

    /** Runs the carrier in this thread, with this in the place of the loop. */
    public static void carry(RuntimeCore core, Runnable loop) {
        core.carrier()
                .execute(
                        () -> {
                            core.begin();
                            core.entered(); // or frames would wait for that
                            loop.run();
                        });
    }

    /** Lets the frames that are runnable now have their turn. */
    public static void runFrames(RuntimeCore core) {
        core.scheduler().runFrames();
    }

    /** Ends the runtime. */
    public static void end(RuntimeCore core) {
        core.end();
    }
}
