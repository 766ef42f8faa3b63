package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link Basic} with the options of the launcher. */
@Command(
        name = "basic",
        description = "Frames and timers, side by side on one thread.",
        mixinStandardHelpOptions = true)
final class BasicCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Override
    public Integer call() throws IOException {
        try (var tardy = runtime.tardy().build()) {
            Basic.run(tardy);
        }
        return 0;
    }
}
