package io.tardy.examples;

import static io.tardy.examples.HttpCase.Server.CHAT;
import static io.tardy.examples.HttpCase.Server.FILES;
import static io.tardy.examples.HttpCase.Server.FRAMES;
import static io.tardy.examples.HttpCase.Server.FRAME_GATEWAY;
import static io.tardy.examples.HttpCase.Server.GATEWAY;
import static io.tardy.examples.HttpCase.Server.HANDLERS;
import static io.tardy.examples.HttpCase.Server.LIBRARY;
import static io.tardy.examples.HttpCase.Server.SOCKETS;

import io.tardy.examples.HttpCase.Server;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The cases about the bodies of requests and answers, and so about where the next one begins. */
final class HttpBodyCases extends HttpCaseWriter {

    HttpBodyCases(List<HttpCase> cases) {
        super(cases);
    }

    void write() {
        head();
        bodies();
        order();
        faultyBodies();
        statusesWithoutContent();
    }

    private void head() {
        String toldLength = "200 length of the page, ";
        add("9110 9.3.2", "HEAD, then GET", ALL, toldLength + LAST_PAGE, request("HEAD /"));
        add(
                "9110 9.3.2",
                "HEAD, then a GET that has no content",
                only(LIBRARY),
                toldLength + "204, " + LAST_PAGE,
                request("HEAD /"),
                request("GET /204"));
        add(
                "9110 9.3.2",
                "HEAD whose handler tells the length itself",
                only(LIBRARY),
                "200 length 1234, " + LAST_PAGE,
                request("HEAD /long"));
        add(
                "9110 9.3.2",
                "HEAD with Connection: close",
                ALL,
                "200 length of the page close, end",
                request("HEAD /", "Connection: close"));
        add(
                "9110 9.3.2",
                "HEAD that is refused",
                ALL,
                "400 length 0 close, end",
                bare("HEAD / HTTP/1.1"));
        add(
                "9110 9.3.2",
                "HEAD whose handler fails",
                only(LIBRARY),
                "500 length 0 close, end",
                request("HEAD /fail"));
    }

    private void bodies() {
        String read = PAGE + LAST_PAGE;
        Set<Server> readers =
                EnumSet.of(LIBRARY, SOCKETS, HANDLERS, FRAMES, GATEWAY, FRAME_GATEWAY);
        String post = request("POST /", LENGTH) + SMUGGLED;
        add("9112 9.3", "POST with a body", readers, read, post);
        add(
                "9112 9.3",
                "POST with a body, where it may not be",
                only(FILES),
                "405 close, end",
                post);
        add(
                "9112 9.3",
                "POST with a body, where it may not be, and that is read",
                only(CHAT),
                "405, " + LAST_PAGE,
                post);
        add("9112 9.3", "GET with a body", readers, read, request("GET /", LENGTH) + SMUGGLED);
        String chunked = request("POST /", "Transfer-Encoding: chunked") + CHUNKED;
        Set<Server> unchunking = EnumSet.of(LIBRARY, HANDLERS, FRAMES, FRAME_GATEWAY);
        add("9112 7.1", "POST in chunks", unchunking, read, chunked);
        add(
                "9112 6.1",
                "POST in chunks, which it does not know",
                EnumSet.of(SOCKETS, GATEWAY),
                "501 close, end",
                chunked);
        add(
                "9110 15.5.14",
                "a body that is too long",
                only(LIBRARY),
                "413 close, end",
                request("POST /", TOO_LONG_LENGTH) + TOO_LONG);
        add(
                "9110 15.5.14",
                "a body in chunks that is too long",
                only(LIBRARY),
                "413 close, end",
                request("POST /", "Transfer-Encoding: chunked")
                        + CHUNKED.replace("\r\n0\r\n\r\n", "\r\n").repeat(100)
                        + "0\r\n\r\n");
        String expect = "Expect: 100-continue";
        add(
                "9110 10.1.1",
                "Expect: 100-continue",
                readers,
                "100, " + read,
                request("POST /", expect, LENGTH) + SMUGGLED);
        add(
                "9110 10.1.1",
                "Expect: 100-continue, where it may not be",
                only(FILES),
                "405 close, end",
                request("POST /", expect, LENGTH) + SMUGGLED);
        add(
                "9110 10.1.1",
                "Expect: 100-continue with a body that is too long",
                only(LIBRARY),
                "413 close, end",
                request("POST /", expect, TOO_LONG_LENGTH) + TOO_LONG);
        add(
                "9110 10.1.1",
                "Expect: 100-continue in HTTP/1.0 is ignored",
                only(LIBRARY),
                LAST_PAGE,
                bare("POST / HTTP/1.0", expect, LENGTH) + SMUGGLED);
        add(
                "9110 10.1.1",
                "Expect: fries",
                OF_LIBRARY,
                "417 close, end",
                request("POST /", "Expect: fries", LENGTH) + SMUGGLED);
        add(
                "9110 10.1.1",
                "Expect: fries with a body that is too long",
                OF_LIBRARY,
                "417 close, end",
                request("POST /", "Expect: fries", TOO_LONG_LENGTH) + TOO_LONG);
        add(
                "9110 15.5.5",
                "a body for what is not there",
                OF_LIBRARY,
                "404, " + LAST_PAGE,
                request("POST /none", LENGTH) + SMUGGLED);
        add(
                "9112 3.2",
                "a body without a host",
                ALL,
                REFUSED,
                bare("POST / HTTP/1.1", LENGTH) + SMUGGLED);
        add(
                "9112 9.3",
                "a body whose handler fails",
                only(LIBRARY),
                "500 close, end",
                request("POST /fail", LENGTH) + SMUGGLED);
        add(
                "9110 9.3.6",
                "CONNECT",
                EnumSet.of(LIBRARY, CHAT, SOCKETS, HANDLERS, FRAMES, GATEWAY, FRAME_GATEWAY),
                "501 close, end",
                bare("CONNECT x:80 HTTP/1.1", "Host: x:80") + SMUGGLED);
    }

    /** Answers come in the order of the requests, also those that nobody had to think of. */
    private void order() {
        String first = request("GET /");
        add(
                "9112 9.3.2",
                "GET, then a body that is too long",
                only(LIBRARY),
                PAGE + "413 close, end",
                first,
                request("POST /", TOO_LONG_LENGTH) + TOO_LONG);
        add(
                "9112 9.3.2",
                "GET, then Expect: fries",
                OF_LIBRARY,
                PAGE + "417 close, end",
                first,
                request("POST /", "Expect: fries", LENGTH) + SMUGGLED);
        add(
                "9112 9.3.2",
                "GET, then a body without a host",
                ALL,
                PAGE + REFUSED,
                first,
                bare("POST / HTTP/1.1", LENGTH) + SMUGGLED);
        add(
                "9112 9.3.2",
                "GET, then no HTTP at all",
                ALL,
                PAGE + REFUSED,
                first,
                "hello, is it me?\r\n\r\n");
        add(
                "9112 9.6",
                "Connection: close with a body, and a request behind it",
                EnumSet.of(LIBRARY, SOCKETS, HANDLERS, FRAMES, GATEWAY, FRAME_GATEWAY),
                LAST_PAGE,
                request("POST /", "Connection: close", LENGTH) + SMUGGLED,
                SMUGGLED);
    }

    private void faultyBodies() {
        faulty("Content-Length: -1");
        faulty("Content-Length: 1a");
        faulty("Content-Length: +" + SMUGGLED.length());
        faulty("Content-Length:");
        faulty("Content-Length: 99999999999999999999");
        faulty(LENGTH, "Content-Length: 3");
        faulty("Content-Length: 3, " + SMUGGLED.length());
        faulty("Content-Length : " + SMUGGLED.length());
        faulty("Transfer-Encoding: gzip");
        faulty("Transfer-Encoding: identity");
        faulty("Transfer-Encoding: chunked, identity");
        Set<Server> all = EnumSet.complementOf(EnumSet.of(SOCKETS, GATEWAY));
        String both = "Transfer-Encoding: chunked";
        add(
                "9112 6.1",
                "a length and chunks",
                all,
                REFUSED,
                request("POST /", LENGTH, both) + CHUNKED);
        add(
                "9112 6.1",
                "a length and chunks, which it does not know",
                EnumSet.of(SOCKETS, GATEWAY),
                "501 close, end",
                request("POST /", LENGTH, both) + CHUNKED);
        add(
                "9112 6.1",
                "chunks in HTTP/1.0",
                all,
                REFUSED,
                bare("POST / HTTP/1.0", "Connection: keep-alive", both) + CHUNKED);
        add(
                "9112 6.1",
                "gzip, chunked",
                EnumSet.of(LIBRARY, CHAT, SOCKETS, HANDLERS, FRAMES, GATEWAY, FRAME_GATEWAY),
                "501 close, end",
                request("POST /", "Transfer-Encoding: gzip, chunked") + CHUNKED);
        add(
                "9112 6.1",
                "a length and chunks in HTTP/1.2",
                all,
                REFUSED,
                bare("POST / HTTP/1.2", "Host: x", LENGTH, both) + CHUNKED);
        add(
                "9112 6.3",
                "GET with Sec-WebSocket-Key1 and -Key2, which once had a body",
                all,
                REFUSED,
                request("GET /", "Sec-WebSocket-Key1: a", "Sec-WebSocket-Key2: b") + SMUGGLED);
        String broken = request("POST /", both) + "zz\r\n" + SMUGGLED + "\r\n0\r\n\r\n";
        add(
                "9112 7.1",
                "a chunk without a size",
                EnumSet.of(LIBRARY, CHAT, HANDLERS, FRAMES, FRAME_GATEWAY),
                REFUSED,
                broken);
    }

    private void faulty(String... fields) {
        add(
                "9112 6.3",
                "a body with " + String.join(" and ", fields).replace("+", "&#43;"),
                ALL,
                REFUSED,
                request("POST /", fields) + SMUGGLED);
    }

    private void statusesWithoutContent() {
        add(
                "9110 8.6",
                "204 with content",
                only(LIBRARY),
                "204, " + LAST_PAGE,
                request("GET /204"));
        add("9110 15.4.5", "304", only(LIBRARY), "304, " + LAST_PAGE, request("GET /304"));
        add(
                "9110 15.4.5",
                "304",
                only(FILES),
                "304, " + LAST_PAGE,
                request("GET /", "If-None-Match: *"));
        add(
                "9110 15.4.5",
                "HEAD and 304",
                only(LIBRARY),
                "304, " + LAST_PAGE,
                request("HEAD /304"));
        add(
                "9110 15.2",
                "a handler whose answer is none but 103",
                only(LIBRARY),
                "500 close, end",
                request("GET /103"));
        add(
                "9112 6.2",
                "a handler whose answer claims another length",
                only(LIBRARY),
                PAGE + LAST_PAGE,
                request("GET /wrong"));
        add(
                "9112 6.2",
                "a handler whose answer claims to be chunked",
                only(LIBRARY),
                PAGE + LAST_PAGE,
                request("GET /chunked"));
    }
}
