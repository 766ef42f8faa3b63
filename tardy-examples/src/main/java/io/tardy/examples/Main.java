package io.tardy.examples;

import io.tardy.aio.TardyIOException;
import io.tardy.aio.TransportUnavailableException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./tardy EXAMPLE [options]}: runs one example, or lists them. */
@Command(
        name = "tardy",
        description = "Examples of the Tardy runtime.",
        synopsisSubcommandLabel = "EXAMPLE",
        mixinStandardHelpOptions = true,
        subcommands = {
            EchoCommand.class,
            BasicCommand.class,
            ChannelCommand.class,
            CatCommand.class,
            StatCommand.class,
            ShoveCommand.class,
            RmdirCommand.class,
            StreamCommand.class,
            UdpCommand.class,
            NettyEchoCommand.class,
            NettyHttpCommand.class,
            FrameHttpCommand.class,
            HttpCommand.class,
            HttpFilesCommand.class,
            ProxyCommand.class,
            WebSocketEchoCommand.class,
            WebSocketChatCommand.class,
            DoctorCommand.class,
            EndToEndCommand.class
        })
public final class Main implements Runnable {

    @Spec private CommandSpec spec;

    private Main() {}

    /** Runs the example that the arguments name. */
    public static void main(String[] args) {
        // One line for a warning, even if the JDK's logging is not configured.
        System.setProperty(
                "java.util.logging.SimpleFormatter.format",
                System.getProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n"));
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Main::explainUsage);
        commandLine.setExecutionExceptionHandler((e, line, parsed) -> explain(e, line));
        int status = commandLine.execute(args);
        System.out.flush();
        System.exit(status);
    }

    /** Lists the examples if none is named. */
    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    private static int explainUsage(ParameterException e, String[] args) {
        System.err.println("tardy: " + e.getMessage() + " (see --help)");
        return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    }

    /** Explains a user's mistake in one sentence; a bug of ours gets its stack trace. */
    private static int explain(Exception e, CommandLine line) throws Exception {
        boolean isUsersMistake =
                e instanceof TardyIOException
                        || e instanceof TransportUnavailableException
                        || e instanceof IllegalStateException;
        if (!isUsersMistake) {
            throw e;
        }
        System.err.println("tardy: " + e.getMessage());
        return line.getCommandSpec().exitCodeOnExecutionException();
    }
}
