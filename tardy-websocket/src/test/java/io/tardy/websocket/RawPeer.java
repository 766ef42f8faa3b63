package io.tardy.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** A client that sends raw bytes, so that it can break every rule. */
final class RawPeer implements AutoCloseable {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    /** The digest of that key, from RFC 6455. */
    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final Pattern LENGTH = Pattern.compile("content-length: ([0-9]+)");
    private static final int MASK = 0x37fa213d;
    private static final int SHOWN_MAX = 24;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Inflater inflater = new Inflater(true);
    private boolean closeSent;
    private byte[] payload = {};

    RawPeer(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) ServerFixture.PATIENCE.toMillis());
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /** The request of a handshake, with optional further header lines. */
    static byte[] request(String path, String... headers) {
        return http(
                "GET " + path + " HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: " + KEY,
                "Sec-WebSocket-Version: 13",
                String.join("\r\n", headers));
    }

    /** Joins the lines of a request. Skips empty ones and adds the empty line at the end. */
    static byte[] http(String... lines) {
        StringBuilder request = new StringBuilder();
        for (String line : lines) {
            if (!line.isEmpty()) {
                request.append(line).append("\r\n");
            }
        }
        return request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] frame(int opcode, byte[] payload) {
        return frame(true, 0, opcode, payload);
    }

    static byte[] text(String text) {
        return frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] close(int code) {
        return frame(CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
    }

    /** A masked frame with its length in the shortest form. */
    static byte[] frame(boolean isFinal, int rsv, int opcode, byte[] payload) {
        int length = payload.length;
        int lengthBytes = length <= 125 ? 0 : length <= 0xffff ? 2 : 8;
        return frame(isFinal, rsv, opcode, length, lengthBytes, payload);
    }

    /**
     * @param lengthBytes the extended length in bytes: 0, 2 or 8
     */
    static byte[] frame(
            boolean isFinal, int rsv, int opcode, long length, int lengthBytes, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
        frame.put((byte) ((isFinal ? 0x80 : 0) | rsv << 4 | opcode));
        switch (lengthBytes) {
            case 0 -> frame.put((byte) (0x80 | length));
            case 2 -> frame.put((byte) (0x80 | 126)).putShort((short) length);
            default -> frame.put((byte) (0x80 | 127)).putLong(length);
        }
        frame.putInt(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK >>> 24 - 8 * (i & 3)));
        }
        return toBytes(frame);
    }

    static byte[] unmasked(int opcode, byte[] payload) {
        return unmasked(true, 0, opcode, payload);
    }

    /** A frame as a server sends it, of at most 65,535 bytes. */
    static byte[] unmasked(boolean isFinal, int rsv, int opcode, byte[] payload) {
        int length = payload.length;
        ByteBuffer head = ByteBuffer.allocate(4);
        head.put((byte) ((isFinal ? 0x80 : 0) | rsv << 4 | opcode));
        if (length <= 125) {
            head.put((byte) length);
        } else {
            head.put((byte) 126).putShort((short) length);
        }
        return concat(toBytes(head), payload);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] toBytes(ByteBuffer written) {
        byte[] bytes = new byte[written.position()];
        written.flip().get(bytes);
        return bytes;
    }

    /** Sends the parts in one write. Ignores that the server has closed already. */
    void send(byte[]... parts) {
        for (byte[] part : parts) {
            closeSent |= (part.length > 0 && part[0] == (byte) (0x80 | CLOSE));
        }
        try {
            out.write(concat(parts));
        } catch (IOException e) {
            // The test checks what arrived.
        }
    }

    /** Sends each byte in its own segment. */
    void sendByteByByte(byte[] bytes) {
        for (byte b : bytes) {
            send(new byte[] {b});
        }
    }

    /** Closes so that the server sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The status line and the headers. */
    String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return head.isEmpty() ? null : head.toString();
            }
            head.append((char) next);
        }
        return head.toString();
    }

    void skip(int bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    /** The head, and the content of the announced length. */
    String readAnswer() throws IOException {
        String head = readHead();
        Matcher length = LENGTH.matcher(head);
        int count = length.find() ? Integer.parseInt(length.group(1)) : 0;
        return head + new String(in.readNBytes(count), StandardCharsets.UTF_8);
    }

    /** The number of bytes to the end. */
    long readRest() throws IOException {
        return in.transferTo(OutputStream.nullOutputStream());
    }

    /** The status in the form of the conformance table. */
    String readStatus() throws IOException {
        String head = readHead();
        if (head == null) {
            return "end";
        }
        return "HTTP " + head.split(" ")[1].strip();
    }

    /** A short form of the next frame, or "end". */
    String readFrame() throws IOException {
        int first;
        try {
            first = in.read();
        } catch (IOException e) {
            return "reset";
        }
        if (first < 0) {
            return "end";
        }
        try {
            return readFrame(first);
        } catch (EOFException e) {
            return "half a frame";
        }
    }

    private String readFrame(int first) throws IOException {
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        payload = in.readNBytes(Math.toIntExact(length));
        boolean isCompressed = (first & 0x40) != 0;
        byte[] content = isCompressed ? inflate(payload) : payload;
        String what =
                switch (first & 0x0f) {
                    case TEXT -> "text" + shown(content);
                    case BINARY -> "binary [" + content.length + "]";
                    case PONG -> "pong" + shown(content);
                    case PING -> "ping";
                    case CLOSE -> closeOf(content);
                    default -> "frame " + Integer.toHexString(first);
                };
        return isCompressed ? "compressed " + what : what;
    }

    private byte[] inflate(byte[] compressed) throws IOException {
        inflater.setInput(concat(compressed, new byte[] {0, 0, -1, -1}));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        try {
            for (int count; (count = inflater.inflate(buffer)) > 0; ) {
                out.write(buffer, 0, count);
            }
        } catch (DataFormatException e) {
            throw new IOException(e);
        }
        return out.toByteArray();
    }

    private static String closeOf(byte[] payload) {
        return payload.length == 0
                ? "close"
                : "close " + (ByteBuffer.wrap(payload).getShort() & 0xffff);
    }

    private static String shown(byte[] payload) {
        String text = new String(payload, StandardCharsets.UTF_8);
        boolean isPlain = text.chars().allMatch(c -> c >= ' ' && c < 127);
        return isPlain && text.length() <= SHOWN_MAX
                ? " “" + text + "”"
                : " [" + payload.length + "]";
    }

    /** The payload of the last frame. */
    byte[] payload() {
        return payload;
    }

    /** Reads all frames to the end, and answers a close frame. */
    String readToEnd() throws IOException {
        List<String> seen = new ArrayList<>();
        for (String frame = ""; !frame.equals("end") && !frame.equals("reset"); ) {
            frame = readFrame();
            seen.add(frame);
            if (frame.startsWith("close") && !closeSent) {
                send(close(1000));
            }
        }
        return shortened(seen);
    }

    /** Joins equal ones in a row. */
    private static String shortened(List<String> seen) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < seen.size(); ) {
            int from = i;
            while (i < seen.size() && seen.get(i).equals(seen.get(from))) {
                i++;
            }
            lines.add(i - from == 1 ? seen.get(from) : (i - from) + " × " + seen.get(from));
        }
        return String.join(", ", lines);
    }

    /** Completes a handshake, which must succeed. */
    RawPeer upgrade(String... headers) throws IOException {
        send(request("/", headers));
        String head = readHead();
        if (head == null || !head.startsWith("HTTP/1.1 101 ") || !head.contains(ACCEPT)) {
            throw new IOException("not upgraded: " + head);
        }
        return this;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        socket.close();
    }
}
