package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Trees of scopes whose frames fail, are cancelled and are late at random: no frame outlives the
 * scope that forked it, each has its {@code finally} run once, and nothing is left.
 */
final class ScopesScenario implements Scenario {

    private static final int DEPTH_MAX = 4;

    @Override
    public String name() {
        return "scopes";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost host =
                sim.host("host")
                        .runtimes(1 + sim.random(2))
                        .tolerate(OnPurpose.class)
                        .tolerate(FrameFailedException.class)
                        .tolerate(IOException.class);
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        List<Tree> trees = new ArrayList<>();
        host.start(
                rt -> {
                    Tree tree = new Tree(random.split());
                    trees.add(tree);
                    tree.start(rt);
                });
        host.await();
        for (Tree tree : trees) {
            Check.equal(tree.begun, tree.ended, "frames that have ended");
        }
    }

    /** What the frames do on purpose. */
    private static final class OnPurpose extends RuntimeException {
        private static final long serialVersionUID = 1;

        OnPurpose() {
            super("on purpose", null, false, false);
        }
    }

    private static final class Tree {

        private final SplittableRandom random;
        private int begun;
        private int ended;

        Tree(SplittableRandom random) {
            this.random = random;
        }

        void start(TardyRuntime rt) {
            int roots = random.nextInt(1, 4);
            List<Frame<?>> frames = new ArrayList<>();
            for (int i = 0; i < roots; i++) {
                Frame<?> root = rt.spawn("root " + i, () -> root(random.nextInt(DEPTH_MAX)));
                frames.add(root);
                if (random.nextInt(3) == 0) {
                    frames.add(
                            rt.spawn(
                                    "canceller " + i,
                                    () -> {
                                        pause();
                                        root.cancel();
                                    }));
                }
            }
            Remainder.check(rt, frames);
        }

        private void root(int depth) {
            try {
                node(depth, new int[1]);
            } catch (OnPurpose | FrameFailedException | IOException e) {
                requireExpected(e);
            }
        }

        private static void requireExpected(Throwable e) {
            if (e instanceof AssertionError failed) {
                throw failed;
            }
            if (e.getCause() != null) {
                requireExpected(e.getCause());
            }
            for (Throwable suppressed : e.getSuppressed()) {
                requireExpected(suppressed);
            }
        }

        /**
         * A frame of the tree.
         *
         * @param alive counts the frames of the scope that are not over
         */
        private void node(int depth, int[] alive) throws IOException {
            begun++;
            int cleanUps = 0;
            try {
                pause();
                if (depth > 0) {
                    scope(depth);
                }
                if (random.nextInt(6) == 0) {
                    throw new OnPurpose();
                }
            } finally {
                cleanUps++;
                ended++;
                alive[0]--;
                Check.equal(1, cleanUps, "clean-ups of a frame");
            }
        }

        private void scope(int depth) throws IOException {
            int[] alive = new int[1];
            try (Scope scope =
                    random.nextInt(3) == 0
                            ? Scope.open(Duration.ofMillis(random.nextInt(20)))
                            : Scope.open()) {
                List<Frame<Void>> forked = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    forked.add(scope.fork(() -> counted(depth - 1, alive)));
                }
                if (!forked.isEmpty() && random.nextInt(4) == 0) {
                    forked.get(random.nextInt(forked.size())).cancel();
                }
                switch (random.nextInt(5)) {
                    case 0 -> {} // left with frames that run
                    case 1 -> {
                        if (!forked.isEmpty()) {
                            scope.joinFirst(forked);
                        }
                    }
                    case 2 -> Deadline.within(Duration.ofMillis(random.nextInt(10)), scope::join);
                    default -> scope.join();
                }
            } finally {
                Check.equal(0, alive[0], "frames that outlive their scope");
            }
        }

        /** A frame that is cancelled before it begins never does. */
        private void counted(int depth, int[] alive) throws IOException {
            alive[0]++;
            node(depth, alive);
        }

        private void pause() throws TardyIOException {
            switch (random.nextInt(4)) {
                case 0 -> Frame.delay(Duration.ofMillis(random.nextInt(10)));
                case 1 -> Frame.yield();
                default -> {}
            }
        }
    }
}
