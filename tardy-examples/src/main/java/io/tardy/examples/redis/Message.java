package io.tardy.examples.redis;

/** What all subscribers get, in the protocols that they speak; each is written once. */
final class Message {

    private final String[] parts;
    private final byte[][] written = new byte[4][];

    Message(String... parts) {
        this.parts = parts;
    }

    byte[] bytes(int protocol) throws CommandException {
        if (written[protocol] == null) {
            RespWriter out = new RespWriter();
            out.setProtocol(protocol);
            out.push(parts.length);
            for (String part : parts) {
                out.string(part);
            }
            written[protocol] = out.takeBytes();
        }
        return written[protocol];
    }
}
