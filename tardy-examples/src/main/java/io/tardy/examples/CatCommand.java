package io.tardy.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@link Cat} with the options of the launcher. */
@Command(
        name = "cat",
        description = "Writes a file to the standard output.",
        mixinStandardHelpOptions = true)
final class CatCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path path;

    @Override
    public Integer call() throws IOException {
        runtime.runInFrame(() -> Cat.run(path));
        return 0;
    }
}
