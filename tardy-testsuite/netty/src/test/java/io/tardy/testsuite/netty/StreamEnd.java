package io.tardy.testsuite.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * One end of a long stream. Writes its bytes in random pieces for as long as the channel is
 * writable, and checks what the other end sends, with a rest now and then.
 */
final class StreamEnd extends ChannelInboundHandlerAdapter {

    private static final int PIECE_BITS = 16;
    private static final int RESTS_EVERY = 4096;
    private static final int REST_MICROS_MAX = 2000;

    private final RandomGenerator random;
    private final StreamPattern sent;
    private final StreamPattern expected;
    private final long length;
    private final byte[] scratch = new byte[1 << RandomReads.SIZE_BITS];
    private final CompletableFuture<Void> failure;
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private long written;
    private long checked;
    private boolean lastIsWritten;

    /**
     * @param failure what goes wrong first at either end, for the other one then sees the close
     *     only
     */
    StreamEnd(
            RandomGenerator random,
            StreamPattern sent,
            StreamPattern expected,
            long length,
            CompletableFuture<Void> failure) {
        this.failure = failure;
        this.random = random;
        this.sent = sent;
        this.expected = expected;
        this.length = length;
    }

    /** Completed when all that the other end sends is checked, and ours is written. */
    CompletableFuture<Void> over() {
        return over;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        write(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        write(ctx);
    }

    private void write(ChannelHandlerContext ctx) {
        while (ctx.channel().isWritable() && written < length) {
            int count = (int) Math.min(RandomReads.size(random, PIECE_BITS), length - written);
            long position = written;
            written += count; // before the write, which may call us again
            ChannelFuture done = ctx.write(piece(ctx.alloc(), position, count));
            if (written == length) {
                done.addListener(last -> lastIsWritten(ctx, last.cause()));
            }
            if (written == length || random.nextInt(4) > 0) {
                ctx.flush();
            }
        }
        ctx.flush();
    }

    private ByteBuf piece(ByteBufAllocator allocator, long position, int count) {
        sent.fill(scratch, count, position);
        return switch (random.nextInt(3)) {
            case 0 -> allocator.heapBuffer(count).writeBytes(scratch, 0, count);
            case 1 -> allocator.directBuffer(count).writeBytes(scratch, 0, count);
            default -> composite(allocator, random.nextInt(count + 1), count);
        };
    }

    private ByteBuf composite(ByteBufAllocator allocator, int first, int count) {
        ByteBuf heap = allocator.heapBuffer().writeBytes(scratch, 0, first);
        ByteBuf direct = allocator.directBuffer().writeBytes(scratch, first, count - first);
        return allocator.compositeBuffer().addComponents(true, heap, direct);
    }

    private void lastIsWritten(ChannelHandlerContext ctx, Throwable cause) {
        if (cause != null) {
            fail(ctx, cause);
        }
        lastIsWritten = true;
        endIfOver();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        int count = buffer.readableBytes();
        buffer.readBytes(scratch, 0, count).release();
        int wrong = expected.firstWrong(scratch, count, checked);
        if (wrong >= 0) {
            fail(ctx, new AssertionError("wrong byte at position " + (checked + wrong)));
        }
        checked += count;
        if (checked > length) {
            fail(ctx, new AssertionError("more than " + length + " bytes"));
        }
        endIfOver();
        if (random.nextInt(RESTS_EVERY) == 0) {
            rest(ctx);
        }
    }

    private void rest(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        ctx.executor()
                .schedule(
                        () -> ctx.channel().config().setAutoRead(true),
                        random.nextInt(REST_MICROS_MAX),
                        TimeUnit.MICROSECONDS);
    }

    private void endIfOver() {
        if (checked == length && lastIsWritten) {
            over.complete(null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over.isDone()) {
            fail(ctx, new AssertionError("closed early"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause);
    }

    private void fail(ChannelHandlerContext ctx, Throwable cause) {
        failure.completeExceptionally(
                new AssertionError("written " + written + ", checked " + checked, cause));
        ctx.close();
    }
}
