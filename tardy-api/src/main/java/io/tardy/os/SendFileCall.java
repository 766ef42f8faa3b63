package io.tardy.os;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;

/** Sends from a file on a thread of a pool, and keeps both descriptors open meanwhile. */
final class SendFileCall {

    private SendFileCall() {}

    /** As {@link SocketHandle#doSendFile}. */
    static int run(SocketHandle socket, FileHandle file, long offset, int count) {
        Errno refusal =
                socket.kind().isDatagram()
                        ? Errno.EOPNOTSUPP
                        : socket.stage().refusesSend(socket.kind());
        if (refusal != null && !socket.isClosed()) {
            return -refusal.number();
        }
        Hold hold = new Hold();
        FileHandle.User user = () -> {}; // the call that is under way ends by itself
        if (!file.hold(user)) {
            return -Errno.EBADF.number();
        }
        try {
            if (!socket.attach(hold)) {
                return -Errno.EBADF.number();
            }
            try {
                int sent = file.sendTo(socket, offset, count);
                return sent < 0 ? -socket.failed(AsyncOp.SEND, -sent) : sent;
            } finally {
                socket.detach(hold);
            }
        } catch (TardyIOException e) {
            return -e.errno();
        } finally {
            file.release(user);
        }
    }

    /** The hold of a thread that is no runtime's. */
    private static final class Hold implements SocketHandle.Attachment {

        @Override
        public Object owner() {
            return null;
        }

        /** The call that is under way ends by itself. */
        @Override
        public void socketClosed() {}
    }
}
