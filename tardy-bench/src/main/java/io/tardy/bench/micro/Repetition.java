package io.tardy.bench.micro;

import io.netty.util.concurrent.Promise;
import java.util.function.Consumer;

/** A step that has the next one taken when it is over: a loop in Netty's callbacks. */
final class Repetition implements Runnable {

    private final Promise<Void> end;
    private final Consumer<Runnable> step;
    private int left;

    /**
     * @param step gets what is to run when it is over
     */
    Repetition(int count, Promise<Void> end, Consumer<Runnable> step) {
        this.left = count;
        this.end = end;
        this.step = step;
    }

    @Override
    public void run() {
        if (left-- > 0) {
            step.accept(this);
        } else {
            end.trySuccess(null);
        }
    }
}
