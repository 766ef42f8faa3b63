package io.tardy.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@link HttpFiles} with the options of the launcher. */
@Command(
        name = "http-files",
        description = "An HTTP server for the files of a directory.",
        mixinStandardHelpOptions = true)
final class HttpFilesCommand implements Callable<Integer> {

    @Mixin private NettyServerOptions server;

    @Mixin private HealthOptions health;

    @Option(
            names = "--root",
            paramLabel = "DIRECTORY",
            description = "Whose files are served (default: the working directory).")
    private Path root = Path.of("");

    @Override
    public Integer call() throws Exception {
        server.serve(health, new HttpFiles(realRoot(), health.health()));
        return 0;
    }

    private Path realRoot() {
        try {
            Path real = root.toRealPath();
            if (Files.isDirectory(real)) {
                return real;
            }
        } catch (IOException e) {
            // as if it were a file
        }
        throw new IllegalStateException("--root " + root + " is no directory that can be read");
    }
}
