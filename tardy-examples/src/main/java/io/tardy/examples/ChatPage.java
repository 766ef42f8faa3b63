package io.tardy.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The page of the chat, served from memory. */
final class ChatPage {

    private record Part(String type, byte[] bytes) {}

    private final Map<String, Part> parts =
            Map.of(
                    "/", part("index.html", "text/html; charset=utf-8"),
                    "/chat.js", part("chat.js", "text/javascript; charset=utf-8"),
                    "/chat.css", part("chat.css", "text/css; charset=utf-8"));

    private static Part part(String name, String type) {
        try (InputStream in = ChatPage.class.getResourceAsStream("chat/" + name)) {
            return new Part(type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FullHttpResponse answer(FullHttpRequest request) {
        String uri = request.uri();
        int query = uri.indexOf('?');
        Part part = parts.get(query < 0 ? uri : uri.substring(0, query));
        if (part == null) {
            return answer(HttpResponseStatus.NOT_FOUND, Unpooled.EMPTY_BUFFER);
        }
        HttpMethod method = request.method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            FullHttpResponse response =
                    answer(HttpResponseStatus.METHOD_NOT_ALLOWED, Unpooled.EMPTY_BUFFER);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            return response;
        }
        FullHttpResponse response =
                answer(HttpResponseStatus.OK, Unpooled.wrappedBuffer(part.bytes()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, part.type())
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE)
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, "default-src 'self'; img-src data:");
        return response;
    }

    private static FullHttpResponse answer(HttpResponseStatus status, ByteBuf body) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    }
}
