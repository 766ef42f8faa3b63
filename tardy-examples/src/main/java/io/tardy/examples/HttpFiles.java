package io.tardy.examples;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Serves the files below a directory, with ranges, ETags and HEAD, and with sendfile if the
 * transport supports it. Opening a file blocks, so it is offloaded. The connection's frame waits
 * while the file is sent, however slow the client is.
 */
final class HttpFiles extends ChannelInitializer<Channel> {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final Path root;
    private final Health health;

    /**
     * @param root a real path
     */
    HttpFiles(Path root) {
        this(root, new Health());
    }

    /**
     * @param root a real path
     * @param health at its paths, whatever files there are
     */
    HttpFiles(Path root, Health health) {
        this.root = root;
        this.health = health;
    }

    @Override
    protected void initChannel(Channel channel) {
        // A client that ends its direction still gets its answers.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(HttpAnswers.codec());
        FrameChannel.spawn(channel, this::serve);
    }

    private void serve(FrameChannel frame) throws Exception {
        boolean isIdle = false; // once it has been answered: it may ask again, or not
        for (Object message; (message = next(frame, isIdle)) != null; ) {
            boolean keepsAlive = true;
            try {
                if (message instanceof HttpRequest request) {
                    keepsAlive = answer(frame, request);
                }
                isIdle = message instanceof LastHttpContent;
            } finally {
                ReferenceCountUtil.release(message);
            }
            if (!keepsAlive) {
                HttpEnd.await(frame);
                return; // the channel is closed
            }
        }
    }

    /** Returns null at the end, if the next request takes too long to arrive, and in a drain. */
    private static Object next(FrameChannel frame, boolean isIdle) throws IOException {
        try {
            return isIdle ? Frame.idle(null, () -> nextInTime(frame)) : nextInTime(frame);
        } catch (DeadlineExceededException e) {
            return null;
        }
    }

    private static Object nextInTime(FrameChannel frame) throws IOException {
        return Deadline.callWithin(REQUEST_TIMEOUT, () -> frame.read());
    }

    /** Returns false if the answer is the last of the connection. */
    private boolean answer(FrameChannel frame, HttpRequest request) throws Exception {
        HttpResponseStatus refusal = HttpRefusal.of(request);
        if (refusal == null && !isGetOrHead(request)) {
            refusal = HttpResponseStatus.METHOD_NOT_ALLOWED;
        }
        if (refusal != null) {
            frame.write(empty(refusal, HttpHeaderValues.CLOSE));
            return false;
        }
        AsciiString connection =
                hasBody(request) ? HttpHeaderValues.CLOSE : HttpAnswers.connection(request, health);
        Health.Answer told = health.answerTo(request.uri());
        if (told == null) {
            answer(frame, request, connection);
        } else {
            frame.write(empty(HttpResponseStatus.valueOf(told.code()), connection));
        }
        return connection != HttpHeaderValues.CLOSE;
    }

    private static boolean isGetOrHead(HttpRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    /** This server does not read bodies, so nothing behind one is read either. */
    private static boolean hasBody(HttpRequest request) {
        return HttpUtil.isTransferEncodingChunked(request)
                || HttpUtil.getContentLength(request, 0L) > 0;
    }

    private void answer(FrameChannel frame, HttpRequest request, AsciiString connection)
            throws Exception {
        ServedFile file;
        try {
            String path = new QueryStringDecoder(HttpTarget.path(request.uri())).path();
            file = TardyRuntime.current().offload(() -> ServedFile.open(root, path));
        } catch (AccessDeniedException e) {
            frame.write(empty(HttpResponseStatus.FORBIDDEN, connection));
            return;
        } catch (FileSystemException e) {
            frame.write(empty(HttpResponseStatus.NOT_FOUND, connection));
            return;
        } catch (IllegalArgumentException e) { // not a path
            frame.write(empty(HttpResponseStatus.BAD_REQUEST, connection));
            return;
        }
        send(frame, request, file, connection);
    }

    private static void send(
            FrameChannel frame, HttpRequest request, ServedFile file, AsciiString connection)
            throws Exception {
        try (FileChannel channel = file.channel()) {
            FileAnswer answer = FileAnswer.to(request.headers(), request.method(), file);
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status());
            describe(head.headers(), connection);
            describe(head.headers(), answer, file);
            frame.write(head);
            if (answer.hasBody() && request.method().equals(HttpMethod.GET)) {
                ByteRange range = answer.range();
                frame.write(new DefaultFileRegion(channel, range.offset(), range.count()));
            }
            frame.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT); // waits until the file is sent
        }
    }

    private static void describe(HttpHeaders headers, FileAnswer answer, ServedFile file) {
        headers.set(HttpHeaderNames.ETAG, file.tag())
                .set(HttpHeaderNames.LAST_MODIFIED, HttpDate.of(file.modified()))
                .set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES)
                .set("x-content-type-options", "nosniff");
        HttpResponseStatus status = answer.status();
        if (status.equals(HttpResponseStatus.NOT_MODIFIED)) {
            return; // a length would be the file's (RFC 9110, section 8.6)
        }
        headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.range().count());
        if (status.codeClass().equals(HttpStatusClass.SUCCESS)) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, file.type());
        }
        if (status.equals(HttpResponseStatus.PARTIAL_CONTENT)
                || status.equals(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE)) {
            headers.set(HttpHeaderNames.CONTENT_RANGE, answer.contentRange(file.size()));
        }
    }

    private static FullHttpResponse empty(HttpResponseStatus status, AsciiString connection) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        describe(response.headers(), connection);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        return response;
    }

    private static void describe(HttpHeaders headers, AsciiString connection) {
        headers.set(HttpHeaderNames.DATE, HttpDate.now());
        if (connection != null) {
            headers.set(HttpHeaderNames.CONNECTION, connection);
        }
    }
}
