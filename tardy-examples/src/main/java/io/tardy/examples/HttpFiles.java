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
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
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
 * Serves the files below a directory: ranges, ETags and HEAD, with sendfile where the transport has
 * it. What blocks, opening a file, is offloaded; sending waits in the connection's frame, as long
 * as the client takes.
 */
final class HttpFiles extends ChannelInitializer<Channel> {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final Path root;

    /**
     * @param root a real path
     */
    HttpFiles(Path root) {
        this.root = root;
    }

    @Override
    protected void initChannel(Channel channel) {
        // Who has no more to ask still gets his answer.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.pipeline().addLast(new HttpServerCodec());
        FrameChannel.spawn(channel, this::serve);
    }

    private void serve(FrameChannel frame) throws Exception {
        for (Object message; (message = next(frame)) != null; ) {
            try {
                if (message instanceof HttpRequest request) {
                    answer(frame, request);
                    if (isLast(request)) {
                        return; // the channel is closed once the answer is out
                    }
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
    }

    /** Null at the end, and for who takes too long to ask, in silence or drop by drop. */
    private static Object next(FrameChannel frame) throws IOException {
        try {
            return Deadline.within(REQUEST_TIMEOUT, () -> frame.read());
        } catch (DeadlineExceededException e) {
            return null;
        }
    }

    /** Who may not send a body here may not go on behind it either. */
    private static boolean isLast(HttpRequest request) {
        return HttpAnswer.isLast(request) || !isGetOrHead(request);
    }

    private static boolean isGetOrHead(HttpRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private void answer(FrameChannel frame, HttpRequest request) throws Exception {
        if (request.decoderResult().isFailure()) {
            frame.write(empty(request, HttpResponseStatus.BAD_REQUEST));
            return;
        }
        if (!isGetOrHead(request)) {
            FullHttpResponse refusal = empty(request, HttpResponseStatus.METHOD_NOT_ALLOWED);
            refusal.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            frame.write(refusal);
            return;
        }
        ServedFile file;
        try {
            String path = new QueryStringDecoder(request.uri()).path();
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException(path);
            }
            file = TardyRuntime.current().offload(() -> ServedFile.open(root, path));
        } catch (AccessDeniedException e) {
            frame.write(empty(request, HttpResponseStatus.FORBIDDEN));
            return;
        } catch (FileSystemException e) {
            frame.write(empty(request, HttpResponseStatus.NOT_FOUND));
            return;
        } catch (IllegalArgumentException e) { // badly encoded, or no path
            frame.write(empty(request, HttpResponseStatus.BAD_REQUEST));
            return;
        }
        send(frame, request, file);
    }

    private static void send(FrameChannel frame, HttpRequest request, ServedFile file)
            throws Exception {
        try (FileChannel channel = file.channel()) {
            FileAnswer answer = FileAnswer.to(request.headers(), request.method(), file);
            HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status());
            describe(head.headers(), answer, file);
            HttpUtil.setKeepAlive(head.headers(), request.protocolVersion(), !isLast(request));
            frame.write(head);
            if (answer.hasBody() && request.method().equals(HttpMethod.GET)) {
                ByteRange range = answer.range();
                frame.write(new DefaultFileRegion(channel, range.offset(), range.count()));
            }
            frame.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT); // until the file is out
        }
    }

    private static void describe(HttpHeaders headers, FileAnswer answer, ServedFile file) {
        headers.set(HttpHeaderNames.ETAG, file.tag())
                .set(HttpHeaderNames.LAST_MODIFIED, FileAnswer.date(file.modified()))
                .set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES)
                .set("x-content-type-options", "nosniff");
        if (answer.status().equals(HttpResponseStatus.NOT_MODIFIED)) {
            return;
        }
        headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.range().count());
        if (!answer.status().equals(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE)) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, file.type());
        }
        if (!answer.status().equals(HttpResponseStatus.OK)) {
            headers.set(HttpHeaderNames.CONTENT_RANGE, answer.contentRange(file.size()));
        }
    }

    private static FullHttpResponse empty(HttpRequest request, HttpResponseStatus status) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), !isLast(request));
        return response;
    }
}
