package io.tardy.os;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@code FileHandle.close} twice. */
@JCStressTest
@Description("One of two that close a file has to give the descriptor back.")
@Outcome(
        id = {"true, false", "false, true"},
        expect = ACCEPTABLE,
        desc = "One of them.")
@Outcome(expect = FORBIDDEN, desc = "Both, or nobody.")
@State
public class FileCloseStress {
    private final CountingFile file = new CountingFile();

    @Actor
    public void one(ZZ_Result result) {
        result.r1 = file.close();
    }

    @Actor
    public void other(ZZ_Result result) {
        result.r2 = file.close();
    }
}
