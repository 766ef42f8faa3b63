package io.tardy.examples;

import io.tardy.TardyRuntime;

/**
 * What load balancers and orchestrators ask an HTTP server: whether it lives, and whether it takes
 * requests. Before the end it says for a while that it takes no more, and serves on meanwhile, so
 * that who asks has time to notice: a listener that has closed would lose who had not.
 *
 * <p>For all threads, but {@link #isLeaving} and what calls it for those of a runtime.
 */
public final class Health {

    /** The answer to such a question. */
    public enum Answer {
        OK("200 OK", "ok\n"),
        LEAVING("503 Service Unavailable", "going away\n");

        private final String status;
        private final String text;

        Answer(String status, String text) {
            this.status = status;
            this.text = text;
        }

        /** With its number and its words. */
        public String status() {
            return status;
        }

        /** The number alone. */
        public int code() {
            return Integer.parseInt(status.substring(0, 3));
        }

        /** The content. */
        public String text() {
            return text;
        }
    }

    private final String alivePath;
    private final String readyPath;
    private volatile boolean leaves;

    /** At the usual paths. */
    public Health() {
        this("/healthz", "/readyz");
    }

    /**
     * @param alivePath answers 200 as long as the process can: who restarts what does not is not to
     *     do so in a drain
     * @param readyPath answers 200, and 503 once the server is to end
     */
    public Health(String alivePath, String readyPath) {
        this.alivePath = alivePath;
        this.readyPath = readyPath;
    }

    /** From now on this server takes no new work, if there is another to do it. */
    public void leave() {
        leaves = true;
    }

    /**
     * Whether the server is about to end: each answer is the last of its connection, so that the
     * client makes its next one to another server.
     */
    public boolean isLeaving() {
        return leaves || TardyRuntime.current().isDraining();
    }

    /** What a request for this target is answered with; null if it asks for something else. */
    public Answer answerTo(String target) {
        if (target.equals(readyPath)) {
            return isLeaving() ? Answer.LEAVING : Answer.OK;
        }
        return target.equals(alivePath) ? Answer.OK : null;
    }
}
