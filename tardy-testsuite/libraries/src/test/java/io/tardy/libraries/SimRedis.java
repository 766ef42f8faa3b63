package io.tardy.libraries;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** As much of a Redis server as Lettuce needs to connect, SET, GET and PING. */
final class SimRedis {

    static final int PORT = 6379;

    /** What is on its disk. */
    private final Map<String, String> stored;

    SimRedis(Map<String, String> stored) {
        this.stored = stored;
    }

    void start(TardyRuntime rt) throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", PORT).bind().listen(128);
        rt.spawn("accept", () -> listener.serve(this::serve));
    }

    private void serve(Socket client) {
        try {
            Requests requests = new Requests(client);
            for (String[] request; (request = requests.next()) != null; ) {
                client.sendAll(StandardCharsets.UTF_8.encode(answer(request)));
            }
        } catch (IOException e) {
            // The client comes again.
        }
    }

    private String answer(String[] request) {
        return switch (request[0]) {
            case "PING" -> "+PONG\r\n";
            case "SET" -> {
                stored.put(request[1], request[2]);
                yield "+OK\r\n";
            }
            case "GET" -> {
                String value = stored.get(request[1]);
                yield value == null ? "$-1\r\n" : "$" + value.length() + "\r\n" + value + "\r\n";
            }
            default -> "-ERR unknown command '" + request[0] + "'\r\n";
        };
    }

    /** Reads arrays of bulk strings, which is all that a client sends. */
    private static final class Requests {

        private final Socket socket;
        private final ByteBuffer bytes = ByteBuffer.allocate(4096).limit(0);

        Requests(Socket socket) {
            this.socket = socket;
        }

        /** Null at the end. */
        String[] next() throws IOException {
            if (!bytes.hasRemaining() && !fill()) {
                return null;
            }
            String[] request = new String[Integer.parseInt(line().substring(1))];
            for (int i = 0; i < request.length; i++) {
                int length = Integer.parseInt(line().substring(1));
                StringBuilder argument = new StringBuilder();
                for (int read = 0; read < length; read++) {
                    argument.append((char) octet());
                }
                line();
                request[i] = argument.toString();
            }
            return request;
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next; (next = octet()) != '\n'; ) {
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        private int octet() throws IOException {
            if (!bytes.hasRemaining() && !fill()) {
                throw new EOFException("the request ends early");
            }
            return bytes.get();
        }

        private boolean fill() throws IOException {
            boolean isMore = socket.recv(bytes.clear()) >= 0;
            bytes.flip();
            return isMore;
        }
    }
}
