package io.tardy.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@link Shove} with the options of the launcher. */
@Command(name = "shove", description = "Writes a text to a file.", mixinStandardHelpOptions = true)
final class ShoveCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Parameters(paramLabel = "FILE", description = "The file; made if it is not there.")
    private Path path;

    @Parameters(paramLabel = "TEXT", description = "The text.")
    private String text;

    @Override
    public Integer call() throws IOException {
        runtime.runInFrame(() -> Shove.run(path, text));
        return 0;
    }
}
