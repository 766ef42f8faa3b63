package io.tardy.examples;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.CharsetUtil;
import io.tardy.websocket.HttpHandler;

/** What a server of WebSocket says of its {@link Health}, beside its other plain HTTP. */
final class HealthAnswers {

    private final Health health;

    HealthAnswers(Health health) {
        this.health = health;
    }

    /** This handler answers what asks for something else. */
    HttpHandler before(HttpHandler others) {
        return request -> {
            Health.Answer told = health.answerTo(request.uri());
            FullHttpResponse answer = told == null ? others.handle(request) : text(told);
            if (health.isLeaving()) {
                answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            return answer;
        };
    }

    private static FullHttpResponse text(Health.Answer told) {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(told.code()),
                        Unpooled.copiedBuffer(told.text(), CharsetUtil.US_ASCII));
        answer.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN);
        return answer;
    }
}
