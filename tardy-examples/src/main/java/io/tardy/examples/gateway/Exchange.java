package io.tardy.examples.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.HttpHead;
import io.tardy.examples.HttpTarget;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One request to the backend, and its answer, in one buffer: the request first, and behind it what
 * the backend sends. The head of our answer is written right before the content, so that one send
 * takes both, and nothing is copied. What is passed on of either head is its first line and the
 * Content-Type: a service decides about each other field.
 */
final class Exchange implements AutoCloseable {

    private final Backend backend;
    private final HttpHead request;
    private ByteBuffer buffer; // its position: up to where it is sent, and then received
    private int requestEnd;
    private BackendSocket connection;
    private boolean isSent;
    private boolean isRepeated;
    private AnswerReader reader;

    Exchange(Backend backend, HttpHead request) {
        this.backend = backend;
        this.request = request;
        this.buffer = backend.takeBuffer();
        Latin1.put(buffer, request.method(), " ", path(), " HTTP/1.1\r\nhost: ", backend.host());
        if (!request.contentType().isEmpty()) {
            Latin1.put(buffer, "\r\ncontent-type: ", request.contentType());
        }
        if (request.bodyBytes() > 0 || !request.method().equals("GET") && !request.isHead()) {
            Latin1.put(buffer, "\r\ncontent-length: ", Long.toString(request.bodyBytes()));
        }
        Latin1.put(buffer, "\r\n\r\n");
    }

    private String path() {
        return request.target().equals("*") ? "*" : HttpTarget.path(request.target());
    }

    /** Adds to the request's body. */
    void put(ByteBuffer body) throws BackendException {
        makeRoom(body.remaining(), backend.limits().requestBytesMax() + Backend.BUFFER_BYTES);
        buffer.put(body);
    }

    /** Takes a kept connection, if there is one; does not wait. */
    boolean begin() throws IOException {
        begin(backend.connections().poll());
        return connection != null;
    }

    private void begin(BackendSocket taken) {
        connection = taken;
        if (taken != null) {
            taken.setReady(false);
            rewind();
        }
    }

    /**
     * Sends the request, which is complete, and receives the answer. Whatever goes wrong with the
     * backend becomes the answer, too.
     *
     * @throws DeadlineExceededException if it took too long; called again, it goes on
     */
    void run() throws IOException {
        try {
            ask();
        } catch (DeadlineExceededException | CancelledException e) {
            throw e;
        } catch (IOException e) {
            fail(BackendException.statusOf(e));
        }
    }

    private void ask() throws IOException {
        while (reader == null || !reader.isComplete()) {
            if (connection == null) {
                begin(backend.connections().take());
            }
            try {
                converse();
            } catch (DeadlineExceededException | CancelledException e) {
                throw e;
            } catch (IOException e) {
                askAgain(e);
            }
        }
        connection.setReady(reader.mayBeFollowed());
        giveBackConnection();
    }

    private void rewind() {
        if (requestEnd == 0) {
            requestEnd = buffer.position();
        }
        buffer.position(0).limit(requestEnd);
        isSent = false;
        reader = null;
    }

    private void converse() throws IOException {
        if (!isSent) {
            connection.send(buffer);
            isSent = true;
            buffer.limit(buffer.capacity());
            makeRoom(AnswerReader.HEAD_BYTES_MIN, answerEndMax());
            buffer.position(requestEnd + AnswerReader.HEAD_BYTES_MIN);
            reader =
                    new AnswerReader(
                            request.method(), buffer.position(), backend.limits().answerBytesMax());
        }
        while (!reader.read(buffer)) {
            makeRoom(1, answerEndMax());
            if (connection.receive(buffer) < 0) {
                reader.end();
                return;
            }
        }
    }

    private int answerEndMax() {
        return requestEnd + backend.limits().answerBytesMax() + Backend.BUFFER_BYTES;
    }

    /**
     * A connection that was kept may have been closed when the request came. Then it is sent once
     * more, on a new one, if it may be done twice and nothing of an answer has come.
     */
    private void askAgain(IOException e) throws IOException {
        boolean hasAnswer = reader != null && reader.hasBegun(buffer);
        if (isRepeated
                || hasAnswer
                || !connection.isKept()
                || !BackendException.mayAskTwice(request.method())) {
            throw e;
        }
        isRepeated = true;
        BackendSocket stale = connection;
        connection = null;
        connection = backend.connections().replace(stale);
        rewind();
    }

    private void makeRoom(int bytes, int max) throws BackendException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        if (buffer.position() + bytes > max) {
            throw BackendException.bad("too long");
        }
        int capacity = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
        ByteBuffer larger = ByteBuffer.allocate(capacity).put(buffer.flip());
        backend.giveBack(buffer);
        buffer = larger;
    }

    /** The client is told this status instead. */
    void fail(HttpResponseStatus status) throws IOException {
        giveBackConnection();
        reader = AnswerReader.of(status);
    }

    /** The answer for the client, with its head. */
    ByteBuffer answer() {
        return reader.answer(buffer, request);
    }

    /** If the answer is not complete, the backend learns by the end of the connection. */
    @Override
    public void close() throws IOException {
        backend.giveBack(buffer);
        giveBackConnection();
    }

    private void giveBackConnection() throws IOException {
        BackendSocket used = connection;
        connection = null;
        if (used != null) {
            backend.connections().giveBack(used);
        }
    }
}
