package io.tardy.aio;

import io.tardy.aio.AsyncSubmission.Kind;

/** The kinds of submissions, with the errors that each can have. */
final class SubmissionKinds {

    static final Kind<TimerError> TIMER = new Kind<>(AsyncOp.TIMER, TimerError.class);
    static final Kind<OpenError> OPEN = new Kind<>(AsyncOp.OPEN, OpenError.class);
    static final Kind<DeleteError> DELETE = new Kind<>(AsyncOp.DELETE, DeleteError.class);
    static final Kind<MkdirError> MKDIR = new Kind<>(AsyncOp.MKDIR, MkdirError.class);
    static final Kind<RenameError> RENAME = new Kind<>(AsyncOp.RENAME, RenameError.class);
    static final Kind<StatError> STAT = new Kind<>(AsyncOp.STAT, StatError.class);
    static final Kind<ReadError> READ = new Kind<>(AsyncOp.READ, ReadError.class);
    static final Kind<WriteError> WRITE = new Kind<>(AsyncOp.WRITE, WriteError.class);
    static final Kind<SyncError> SYNC = new Kind<>(AsyncOp.SYNC, SyncError.class);
    static final Kind<TruncateError> TRUNCATE = new Kind<>(AsyncOp.TRUNCATE, TruncateError.class);
    static final Kind<LinkError> LINK = new Kind<>(AsyncOp.LINK, LinkError.class);
    static final Kind<SymlinkError> SYMLINK = new Kind<>(AsyncOp.SYMLINK, SymlinkError.class);
    static final Kind<ReadlinkError> READLINK = new Kind<>(AsyncOp.READLINK, ReadlinkError.class);
    static final Kind<ChmodError> CHMOD = new Kind<>(AsyncOp.CHMOD, ChmodError.class);
    static final Kind<AllocateError> ALLOCATE = new Kind<>(AsyncOp.ALLOCATE, AllocateError.class);
    static final Kind<LockError> LOCK = new Kind<>(AsyncOp.LOCK, LockError.class);

    /** To transports a write: what they are given as a send is the socket's business. */
    static final Kind<SendError> SEND_FILE = new Kind<>(AsyncOp.WRITE, SendError.class);

    static final Kind<CloseError> CLOSE_FILE = new Kind<>(AsyncOp.CLOSE, CloseError.class);
    static final Kind<AcceptError> ACCEPT = new Kind<>(AsyncOp.ACCEPT, AcceptError.class);
    static final Kind<ConnectError> CONNECT = new Kind<>(AsyncOp.CONNECT, ConnectError.class);
    static final Kind<RecvError> RECV = new Kind<>(AsyncOp.RECV, SubmissionKinds::ofStream);

    /** Datagrams have no end. */
    static final Kind<RecvError> RECV_FROM = new Kind<>(AsyncOp.RECV, RecvError.class);

    static final Kind<SendError> SEND = new Kind<>(AsyncOp.SEND, SendError.class);
    static final Kind<SocketError> CLOSE = new Kind<>(AsyncOp.CLOSE, SocketError.class);

    private SubmissionKinds() {}

    private static RecvError ofStream(int errno) {
        return errno == 0 ? RecvError.CLOSED : ErrnoMeanings.of(RecvError.class).meaningOf(errno);
    }
}
