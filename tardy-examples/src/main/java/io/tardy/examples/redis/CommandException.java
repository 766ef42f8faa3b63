package io.tardy.examples.redis;

/** A command that is refused. Its message is the reply, and begins with a code for programs. */
final class CommandException extends Exception {

    private static final long serialVersionUID = 1L;

    CommandException(String reply) {
        super(reply, null, false, false); // a reply, and no fault of ours: no stack is of use
    }
}
