package io.tardy.kotlin

import io.netty.bootstrap.Bootstrap
import io.netty.bootstrap.ServerBootstrap
import io.netty.channel.Channel
import io.netty.channel.ChannelHandler
import io.netty.channel.ChannelInitializer
import io.netty.handler.codec.LineBasedFrameDecoder
import io.netty.handler.codec.string.StringDecoder
import io.netty.handler.codec.string.StringEncoder
import io.tardy.*
import io.tardy.aio.AsyncType
import io.tardy.aio.DeadlineExceededException
import io.tardy.channel.Spsc
import io.tardy.net.Socket
import io.tardy.netty.FrameChannel
import io.tardy.netty.TardyEventLoopGroup
import io.tardy.websocket.WebSocketMessage
import io.tardy.websocket.WebSocketServer
import io.tardy.websocket.WebSocketConnection
import java.net.InetSocketAddress
import java.net.URI
import java.nio.ByteBuffer
import java.sql.SQLException
import java.time.Duration
import java.util.*
import java.util.concurrent.TimeUnit
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** The calls of Tardy as Kotlin writes them, beside everything of `java.util`. */
@Timeout(60)
class CallsTest {

    private val patience = Duration.ofSeconds(20)

    private fun tardy() =
        Tardy.builder().async(AsyncType.EPOLL).threading(Threading.single())
            .uncaughtFrame(UncaughtFrameHandler.endingEntry())
            .build()

    /** Runs it in a frame; what fails there, fails here. */
    private fun inFrame(body: (TardyRuntime) -> Unit) {
        tardy().use { it.entry(body) { rt, run -> rt.spawn { run(rt) } } }
    }

    private fun sum(values: Iterable<Int>) = values.sum()

    @Test
    fun `an echo server and its client`() {
        tardy().use { tardy ->
            Socket.tcp(tardy, "127.0.0.1", 0).use { server ->
                server.bind().listen(16)
                val port = (server.localAddress() as InetSocketAddress).port
                var answer = ""
                tardy.entry(server) { rt, listener ->
                    rt.spawn("accept") { listener.serve { peer -> echo(peer) } }
                    rt.spawn("client") {
                        answer = ask(port, "hello")
                        rt.stop()
                    }
                }
                assertThat(answer).isEqualTo("hello")
            }
        }
    }

    @Test
    fun `one frame is run, idle, and waits although it was cancelled`() {
        tardy().use { tardy ->
            val value: Int = tardy.runCall { Frame.idle(-1) { 42 } }
            assertThat(value).isEqualTo(42)
            var ran = ""
            tardy.run { // not the one that Kotlin has for everything
                Frame.uncancellable(patience) { Frame.delay(Duration.ofMillis(1)) }
                ran = Thread.currentThread().name
            }
            assertThat(ran).startsWith("tardy-0/frame")
            val later: Int = tardy.runCall { Frame.callUncancellable(patience) { 43 } }
            assertThat(later).isEqualTo(43)
            tardy.entry { rt -> rt.spawnDaemon { Frame.delay(patience) } }
        }
    }

    private fun echo(peer: Socket) {
        val buffer = ByteBuffer.allocateDirect(1024)
        while (peer.recv(buffer.clear()) >= 0) {
            peer.sendAll(buffer.flip())
        }
    }

    private fun ask(port: Int, question: String): String =
        Socket.tcp("127.0.0.1", port).use { socket ->
            Deadline.callWithin(patience) {
                socket.connect()
                socket.sendAll(ByteBuffer.wrap(question.toByteArray()))
                val into = ByteBuffer.allocate(question.length)
                socket.recvAll(into)
                String(into.array())
            }
        }

    @Test
    fun `a body with a value and one without`() = inFrame { rt ->
        var ran = 0
        val unnamed: Frame<Int> = rt.spawnCall { 42 }
        val named = rt.spawnCall("named") { sum(listOf(1, 2)) }
        val nothing = rt.spawn { ran++ }
        val reference = rt.spawnCall(rt::tasks)
        nothing.join()
        val value: Int = unnamed.join() + named.join()
        assertThat(value).isEqualTo(45)
        assertThat(ran).isEqualTo(1)
        assertThat(reference.join()).isPositive()
        val called: Int = rt.siblings().first().call { 44 }
        assertThat(called).isEqualTo(44)
    }

    @Test
    fun `a scope and its forks`() = inFrame {
        var ran = false
        Scope.open(patience).use { scope ->
            val one = scope.forkCall { 1 }
            val two = scope.forkCall { "two" }
            scope.fork { ran = true }
            scope.join()
            val length: Int = one.join() + two.join().length
            assertThat(length).isEqualTo(4)
            assertThat(scope.joinFirst(listOf(scope.forkCall { 5 }))).isEqualTo(5)
        }
        assertThat(ran).isTrue()
    }

    @Test
    fun `deadlines and delays`() = inFrame { rt ->
        val five: Int = Deadline.callWithin(patience) { 5 }
        assertThat(five).isEqualTo(5)
        Deadline.within(patience) { Frame.delay(Duration.ofMillis(1)) }
        assertThatThrownBy { Deadline.within(Duration.ofMillis(1)) { Frame.delay(patience) } }
            .isInstanceOf(DeadlineExceededException::class.java)
        assertThat(rt.offload { Thread.currentThread().isVirtual }).isFalse()
        Frame.`yield`()
    }

    @Test
    fun `what Java checks, Kotlin throws as it is`() {
        inFrame {
            assertThatThrownBy { Deadline.within(patience) { throw SQLException("mine") } }
                .isInstanceOf(SQLException::class.java)
        }
        tardy().use { tardy ->
            assertThatThrownBy { tardy.entry("entry") { _, word -> throw SQLException(word) } }
                .isInstanceOf(SQLException::class.java)
                .hasMessage("entry")
        }
    }

    @Test
    fun `an entry in threads of its own`() {
        tardy().use { tardy ->
            val entry = tardy.entryInNewThread(Unit) { rt, _ -> rt.spawn { Frame.delay(patience) } }
            entry.stop()
            assertThat(entry.await(patience)).isTrue()
        }
    }

    @Test
    fun `a channel between frames`() = inFrame { rt ->
        val channel = Spsc<Int>(4)
        val producer = rt.spawn { channel.producer(rt).use { for (i in 1..10) it.send(i) } }
        val total = rt.spawnCall {
            val consumer = channel.consumer(rt)
            var sum = 0
            repeat(10) { sum += consumer.recv() }
            sum
        }
        producer.join()
        assertThat(total.join()).isEqualTo(55)
    }

    private fun lines() =
        object : ChannelInitializer<Channel>() {
            override fun initChannel(channel: Channel) {
                channel.pipeline()
                    .addLast(LineBasedFrameDecoder(100), StringDecoder(), StringEncoder())
            }
        }

    @Test
    fun `frames on the channels of Netty`() = onGroup { group ->
        val server =
            ServerBootstrap().group(group).channel(group.serverSocketChannel())
                .childHandler(serving(lines()) { frame ->
                    while (true) {
                        val line = frame.read(String::class.java) ?: break
                        frame.write(line.uppercase() + "\n")
                    }
                })
                .bind("127.0.0.1", 0).sync().channel()
        val client = Bootstrap().group(group).channel(group.socketChannel()).handler(lines())
        val rt = TardyRuntime.of(server)
        val answer =
            rt.spawnCall {
                Deadline.callWithin(patience) {
                    FrameChannel.connect(client, server.localAddress()).use { frame ->
                        frame.writeAndFlush("hello\n")
                        frame.read(String::class.java)
                    }
                }
            }
        assertThat(answer.join()).isEqualTo("HELLO")
    }

    private fun serving(codec: ChannelHandler, body: (FrameChannel) -> Unit) =
        object : ChannelInitializer<Channel>() {
            override fun initChannel(channel: Channel) {
                channel.pipeline().addLast(codec)
                FrameChannel.spawn(channel) { frame -> body(frame) }
            }
        }

    @Test
    fun `a WebSocket server and its client`() = onGroup { group ->
        val server =
            WebSocketServer.builder().group(group).path("/echo")
                .connectionFrame { ws ->
                    while (true) {
                        when (val message = ws.receive() ?: break) {
                            is WebSocketMessage.Text -> ws.sendText(message.text())
                            is WebSocketMessage.Binary -> ws.sendBinary(message.bytes())
                        }
                    }
                }
                .build()
        val port = (server.bind(InetSocketAddress("127.0.0.1", 0)) as InetSocketAddress).port
        val rt = group.next().submit<TardyRuntime> { TardyRuntime.current() }.get()
        val answer =
            rt.spawnCall {
                WebSocketConnection.connect(URI("ws://127.0.0.1:$port/echo")).use { ws ->
                    ws.sendText("hello")
                    ws.receive()?.text()
                }
            }
        assertThat(answer.join()).isEqualTo("hello")
        server.shutdown(patience, patience)
    }

    private fun onGroup(body: (TardyEventLoopGroup) -> Unit) {
        val group = TardyEventLoopGroup(1, AsyncType.EPOLL)
        try {
            body(group)
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync()
        }
    }
}
