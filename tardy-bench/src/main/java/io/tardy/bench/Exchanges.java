package io.tardy.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Connections of one thread that each ask, wait for the answer and ask again. All answers have the
 * length of the first.
 */
final class Exchanges implements AutoCloseable {

    private static final Pattern CONTENT_LENGTH =
            Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private static final long LOOK_NANOS = 1_000_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final InetSocketAddress address;
    private final int connections;
    private final ByteBuffer request;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private final Selector selector = Selector.open();

    /** Zero while it is not known. */
    private int answerBytes;

    private long[] buckets;
    private long began;
    private long firstAnswer;

    Exchanges(int port, int connections, byte[] request, boolean isHttp) throws IOException {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.connections = connections;
        this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
        this.answerBytes = isHttp ? 0 : request.length;
    }

    /**
     * @param began when the server's process was started
     * @param nanos how long it is asked, from then on
     * @param isAlive whether the server still runs
     */
    Warmup run(long began, long nanos, BooleanSupplier isAlive) throws IOException {
        this.began = began;
        buckets = new long[(int) (nanos / TimeUnit.MILLISECONDS.toNanos(Warmup.BUCKET_MS))];
        open(awaitAccept(isAlive));
        long accepted = System.nanoTime();
        for (int i = 1; i < connections; i++) {
            open(SocketChannel.open(address));
        }
        while (System.nanoTime() - began < nanos) {
            selector.select(this::ready, Warmup.BUCKET_MS);
        }
        return Warmup.of((accepted - began) / 1e6, (firstAnswer - began) / 1e6, buckets);
    }

    private SocketChannel awaitAccept(BooleanSupplier isAlive) throws IOException {
        while (System.nanoTime() - began < PATIENCE_NANOS && isAlive.getAsBoolean()) {
            try {
                return SocketChannel.open(address);
            } catch (ConnectException e) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        throw new IOException("the server does not accept at " + address);
    }

    private void open(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        int[] received = new int[1];
        channel.register(selector, SelectionKey.OP_READ, received);
        ask(channel);
    }

    private void ask(SocketChannel channel) throws IOException {
        if (channel.write(request.rewind()) < request.limit()) {
            throw new IOException("the server does not take a whole request");
        }
    }

    private void ready(SelectionKey key) {
        try {
            SocketChannel channel = (SocketChannel) key.channel();
            int count = channel.read(answer.clear());
            if (count < 0) {
                throw new IOException("the server has closed a connection");
            }
            int[] received = (int[]) key.attachment();
            received[0] += count;
            if (answerBytes == 0) {
                answerBytes = lengthOfAnswer();
            }
            if (received[0] >= answerBytes) {
                if (received[0] > answerBytes) {
                    throw new IOException(
                            "an answer has " + received[0] + " bytes, and not " + answerBytes);
                }
                received[0] = 0;
                count();
                ask(channel);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int lengthOfAnswer() throws IOException {
        byte[] bytes = new byte[answer.flip().remaining()];
        answer.get(bytes);
        String head = new String(bytes, ISO_8859_1);
        Matcher length = CONTENT_LENGTH.matcher(head);
        int end = head.indexOf("\r\n\r\n");
        if (!head.startsWith("HTTP/1.1 200 ") || end < 0 || !length.find()) {
            throw new IOException("the first answer is not 200 with a length: " + head);
        }
        return end + 4 + Integer.parseInt(length.group(1));
    }

    private void count() {
        long now = System.nanoTime();
        if (firstAnswer == 0) {
            firstAnswer = now;
        }
        int bucket = (int) ((now - began) / TimeUnit.MILLISECONDS.toNanos(Warmup.BUCKET_MS));
        if (bucket < buckets.length) {
            buckets[bucket]++;
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
