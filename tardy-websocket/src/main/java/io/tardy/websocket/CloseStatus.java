package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;

/** How a connection ended: the code and the reason of a close frame. */
record CloseStatus(int code, String reason) {

    static final int NORMAL = 1000;
    static final int GOING_AWAY = 1001;
    static final int PROTOCOL_ERROR = 1002;
    static final int NO_CODE = 1005;
    static final int ABNORMAL = 1006;
    static final int INVALID_DATA = 1007;
    static final int TOO_BIG = 1009;
    static final int INTERNAL_ERROR = 1011;
    static final int TRY_AGAIN_LATER = 1013;

    /** A control frame has at most 125 bytes; the code takes two. */
    private static final int REASON_BYTES_MAX = 123;

    /** The status that a caller of {@code close} sends. */
    static CloseStatus requireLegal(int code, String reason) {
        if (!isLegalOnWire(code)) {
            throw new IllegalArgumentException(
                    "not a close code: "
                            + code
                            + "; use 1000 to 1003, 1007 to 1014 or 3000 to 4999");
        }
        if (reason.getBytes(StandardCharsets.UTF_8).length > REASON_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the reason is longer than " + REASON_BYTES_MAX + " bytes: " + reason);
        }
        return new CloseStatus(code, reason);
    }

    /**
     * The status that a peer has sent. Netty's decoder accepts codes above 4999, and a reason that
     * ends within a character.
     *
     * @throws Violation if the status is illegal
     */
    static CloseStatus of(CloseWebSocketFrame frame) throws Violation {
        ByteBuf content = frame.content();
        if (!content.isReadable()) {
            return new CloseStatus(NO_CODE, "");
        }
        int code = frame.statusCode();
        if (!isLegalOnWire(code)) {
            throw new Violation(PROTOCOL_ERROR, "illegal close code " + code);
        }
        try {
            // A new decoder reports malformed input.
            String reason =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(content.nioBuffer().position(2))
                            .toString();
            return new CloseStatus(code, reason);
        } catch (CharacterCodingException e) {
            throw new Violation(INVALID_DATA, "the reason of the close is not UTF-8");
        }
    }

    /**
     * How to close after a handler has failed: null unless the peer has caused it. A decoder that
     * fails for another reason has a fault of its own.
     */
    static CloseStatus ofViolation(Throwable failure) {
        if (failure instanceof CorruptedWebSocketFrameException corrupted) {
            return new CloseStatus(corrupted.closeStatus().code(), corrupted.getMessage());
        }
        if (failure instanceof TooLongFrameException) {
            return new CloseStatus(TOO_BIG, "the message is too long");
        }
        return failure instanceof DecoderException && isPeersFault(failure.getCause())
                ? new CloseStatus(INVALID_DATA, "the message cannot be decoded")
                : null;
    }

    private static boolean isPeersFault(Throwable cause) {
        return cause == null
                || cause instanceof CodecException
                || cause instanceof DataFormatException;
    }

    /** The codes that a close frame may carry: the protocol's, libraries' and applications'. */
    private static boolean isLegalOnWire(int code) {
        return code >= 1000 && code <= 1003
                || code >= 1007 && code <= 1014
                || code >= 3000 && code <= 4999;
    }

    CloseWebSocketFrame toFrame() {
        return code == NO_CODE || code == ABNORMAL
                ? new CloseWebSocketFrame()
                : new CloseWebSocketFrame(code, shortened(reason));
    }

    /** Our own reasons are ASCII. */
    private static String shortened(String reason) {
        return reason.getBytes(StandardCharsets.UTF_8).length <= REASON_BYTES_MAX
                ? reason
                : reason.substring(0, Math.min(REASON_BYTES_MAX / 3, reason.length()));
    }

    /** The peer has broken the protocol: the code to close with, and the reason. */
    static final class Violation extends Exception {

        private static final long serialVersionUID = 1L;

        private final int code;

        Violation(int code, String reason) {
            super(reason, null, false, false);
            this.code = code;
        }

        int code() {
            return code;
        }
    }
}
