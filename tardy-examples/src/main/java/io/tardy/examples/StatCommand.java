package io.tardy.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@link StatExample} with the options of the launcher. */
@Command(name = "stat", description = "Tells about a file.", mixinStandardHelpOptions = true)
final class StatCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Parameters(paramLabel = "FILE", description = "The file; a symbolic link stands for itself.")
    private Path path;

    @Option(
            names = {"-L", "--dereference"},
            description = "Tell about what a symbolic link leads to.")
    private boolean followsLinks;

    @Override
    public Integer call() throws IOException {
        runtime.runInFrame(() -> StatExample.run(path, followsLinks));
        return 0;
    }
}
