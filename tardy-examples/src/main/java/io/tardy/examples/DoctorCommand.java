package io.tardy.examples;

import io.tardy.Doctor;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@link Doctor} for this machine. */
@Command(
        name = "doctor",
        description = "Which transports work on this machine, and why others do not.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        Doctor.report().forEach(System.out::println);
        return 0;
    }
}
