package io.tardy.examples.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tardy.examples.HttpHead;
import java.nio.ByteBuffer;

/** Reads an answer of the backend in the buffer into which it is received, and makes ours there. */
final class AnswerReader {

    /** What our head may be longer than the backend's. */
    static final int HEAD_BYTES_MIN = 256;

    private static final int HEAD_BYTES_MAX = 8 * 1024;

    private final String method;
    private final int begin;
    private final int bytesMax;
    private int headBegin; // of the one that is read
    private int contentBegin;
    private int contentEnd;
    private AnswerHead head;
    private Chunks chunks;
    private boolean isComplete;
    private boolean isFollowed; // by what nobody has asked for
    private boolean hasEnded;

    /**
     * @param method of the request
     * @param begin where in the buffer it begins
     * @param bytesMax of the content
     */
    AnswerReader(String method, int begin, int bytesMax) {
        this.method = method;
        this.begin = begin;
        this.bytesMax = bytesMax;
        this.headBegin = begin;
    }

    /** An answer of ours. */
    static AnswerReader of(HttpResponseStatus status) {
        AnswerReader reader = new AnswerReader("GET", HEAD_BYTES_MIN, 0);
        reader.head = new AnswerHead(status.code(), status.toString(), "", 0, false, false);
        reader.contentBegin = HEAD_BYTES_MIN;
        reader.contentEnd = HEAD_BYTES_MIN;
        reader.isComplete = true;
        return reader;
    }

    boolean isComplete() {
        return isComplete;
    }

    /** Whether anything has come. */
    boolean hasBegun(ByteBuffer in) {
        return in.position() > begin;
    }

    /** Whether the connection can be kept. */
    boolean mayBeFollowed() {
        return !head.isLast() && !isFollowed && !hasEnded;
    }

    /** Goes on up to the buffer's position. Returns whether the answer is complete. */
    boolean read(ByteBuffer in) throws BackendException {
        while (head == null) {
            if (!readHead(in)) {
                return false;
            }
        }
        if (head.isUntilEnd() && !head.hasNoBody(method)) {
            contentEnd = in.position();
        } else if (chunks != null) {
            isComplete = chunks.decode(in);
            isFollowed = isComplete && !chunks.endsAt(in.position());
            contentEnd = chunks.end();
        } else {
            isComplete = in.position() >= contentEnd;
            isFollowed = in.position() > contentEnd;
        }
        return isComplete;
    }

    /** Returns false if it has not arrived; skips one that another follows. */
    private boolean readHead(ByteBuffer in) throws BackendException {
        requireHttp(in);
        int end = HttpHead.end(in, headBegin, in.position());
        if (end < 0) {
            if (in.position() - headBegin > HEAD_BYTES_MAX) {
                throw BackendException.bad("a head that is too long");
            }
            return false;
        }
        AnswerHead read = AnswerHead.parse(Latin1.get(in, headBegin, end));
        if (read.isInterim()) {
            headBegin = end;
            return true;
        }
        head = read;
        contentBegin = end;
        contentEnd = end;
        if (!head.hasNoBody(method)) {
            beginBody();
        }
        return true;
    }

    private void beginBody() throws BackendException {
        if (head.isChunked()) {
            chunks = new Chunks(contentBegin);
        } else if (head.length() > bytesMax) {
            throw BackendException.bad("too long");
        } else if (head.length() > 0) {
            contentEnd += (int) head.length();
        }
    }

    /** So that nobody waits for the rest of what is no answer. */
    private void requireHttp(ByteBuffer in) throws BackendException {
        int count = Math.min(AnswerHead.VERSION.length(), in.position() - headBegin);
        for (int i = 0; i < count; i++) {
            if (in.get(headBegin + i) != AnswerHead.VERSION.charAt(i)) {
                throw BackendException.bad("no HTTP");
            }
        }
    }

    /** The backend has ended its direction. */
    void end() throws BackendException {
        if (head == null || !head.isUntilEnd()) {
            throw BackendException.bad("the backend has ended the connection too early");
        }
        isComplete = true;
        hasEnded = true;
    }

    /** Our head, and behind it the content. */
    ByteBuffer answer(ByteBuffer in, HttpHead request) {
        long length = head.lengthOf(method, contentEnd - contentBegin);
        String[] lines = {
            "HTTP/1.1 ",
            head.reason(),
            head.contentType().isEmpty() ? "" : "\r\ncontent-type: ",
            head.contentType(),
            length < 0 ? "" : "\r\ncontent-length: ",
            length < 0 ? "" : Long.toString(length),
            request.connection().isEmpty() ? "" : "\r\nconnection: ",
            request.connection(),
            "\r\n\r\n"
        };
        int answerBegin = contentBegin - Latin1.length(lines);
        Latin1.put(in.clear().position(answerBegin), lines);
        return in.position(answerBegin).limit(contentEnd);
    }
}
