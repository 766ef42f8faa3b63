package io.tardy.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@link Rmdir} with the options of the launcher. */
@Command(
        name = "rmdir",
        description = "Deletes a directory and all that is in it.",
        mixinStandardHelpOptions = true)
final class RmdirCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Parameters(paramLabel = "DIR", description = "The directory; links in it are not followed.")
    private Path path;

    @Override
    public Integer call() throws IOException {
        runtime.runInFrame(() -> Rmdir.run(path));
        return 0;
    }
}
