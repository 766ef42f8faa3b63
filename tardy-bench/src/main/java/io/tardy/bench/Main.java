package io.tardy.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code tardy-bench/run PROGRAM [options]}. Goals: to show that a claim about whole servers under
 * load holds on this machine, with figures, and to notice when it no longer does. Not a goal:
 * absolute numbers. Every program ends by itself, with status 1 if a claim does not hold.
 */
@Command(
        name = "tardy-bench",
        description = "Whole servers under load, and what must hold then.",
        footer = "  servers     Whole servers beside others', with goals; a script.",
        synopsisSubcommandLabel = "PROGRAM",
        mixinStandardHelpOptions = true,
        subcommands = {
            BroadcastCommand.class,
            BroadcastServerCommand.class,
            ContendCommand.class,
            FileReadsCommand.class,
            IdleCommand.class,
            TreeWalkCommand.class,
            MicroCommand.class,
            RoomsCommand.class,
            SigtermCommand.class,
            SigtermServerCommand.class,
            TlsPeersCommand.class,
            TlsRateCommand.class,
            TlsRateServerCommand.class,
            WarmupCommand.class
        })
public final class Main implements Runnable {

    @Spec private CommandSpec spec;

    private Main() {}

    /** Runs the program that the arguments name. */
    public static void main(String[] args) {
        // One line for a warning, also where the JDK's logging is not configured.
        System.setProperty(
                "java.util.logging.SimpleFormatter.format",
                System.getProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n"));
        int status = new CommandLine(new Main()).execute(args);
        System.out.flush();
        System.exit(status);
    }

    /** Without a program: the list of them. */
    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
