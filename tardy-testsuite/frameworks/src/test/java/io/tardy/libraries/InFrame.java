package io.tardy.libraries;

import io.tardy.TardyRuntime;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Answers of frames to libraries that ask on a loop. */
final class InFrame {

    private InFrame() {}

    /** Runs the body in a frame of this loop. If it fails, the answer fails. */
    static <T> CompletableFuture<T> answer(Callable<T> body) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        TardyRuntime.current()
                .spawn(
                        () -> {
                            try {
                                answer.complete(body.call());
                            } catch (Throwable e) {
                                answer.completeExceptionally(e);
                            }
                        });
        return answer;
    }
}
