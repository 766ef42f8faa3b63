package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.twitter.finagle.Stack;
import com.twitter.finagle.netty4.Netty4Transporter$;
import com.twitter.finagle.netty4.param.WorkerPool;
import com.twitter.util.Await;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.pulsar.common.util.netty.EventLoopUtil;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.Dsl;
import org.junit.jupiter.api.Test;
import org.littleshoot.proxy.HttpProxyServerBootstrap;
import scala.Option;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;

/**
 * What libraries do with a group: each row of the page of forced transports is tried on each
 * transport that works here.
 */
class ForcedTransportsTest {

    private static final Path PAGE =
            Path.of(System.getProperty("basedir", "."))
                    .resolve("../../docs/libraries/forced-transports.md");
    private static final Path SOURCES = Path.of(System.getProperty("basedir", ".")).resolve("..");
    private static final String HERE = "io/tardy/libraries/ForcedTransportsTest.java";

    /** Uses a library on the group: returns if that works. */
    @FunctionalInterface
    private interface Probe {
        void run(TardyEventLoopGroup group) throws Exception;
    }

    /** By the first two cells of the row. */
    private static Map<String, Probe> probes() {
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("Armeria, client", ForcedTransportsTest::armeria);
        probes.put("async-http-client", ForcedTransportsTest::asyncHttpClient);
        probes.put("AWS SDK, netty-nio-client", ForcedTransportsTest::aws);
        probes.put("Camel netty", group -> camel(group, ""));
        probes.put(
                "Camel netty, `nativeTransport=true`",
                group -> camel(group, "&nativeTransport=true"));
        probes.put("Finagle netty4", ForcedTransportsTest::finagle);
        probes.put("HiveMQ MQTT client", ForcedTransportsTest::hivemq);
        probes.put("Pulsar client", ForcedTransportsTest::pulsar);
        return probes;
    }

    @Test
    void theRowsAreWhatWasSeen() throws Exception {
        List<String> page = // without links
                Files.readString(PAGE).replaceAll("\\[(.*?)]\\(.*?\\)", "$1").lines().toList();
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, Probe> probe : probes().entrySet()) {
            StringBuilder seen = new StringBuilder();
            List<Throwable> refusals = new ArrayList<>();
            for (AsyncType type : List.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.POLL)) {
                if (!Groups.transports().contains(type)) {
                    return; // the page is about all three
                }
                seen.append(" | ").append(outcome(type, probe.getValue(), refusals));
            }
            if (page.stream()
                    .noneMatch(
                            line ->
                                    line.startsWith("| " + probe.getKey() + " | ")
                                            && line.contains(seen + " |"))) {
                wrong.add(probe.getKey() + seen + " " + refusals);
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static String outcome(AsyncType type, Probe probe, List<Throwable> refusals)
            throws Exception {
        String[] outcome = {"yes"};
        Groups.withGroup(
                1,
                type,
                group -> {
                    try {
                        probe.run(group);
                    } catch (Exception | LinkageError e) {
                        refusals.add(e);
                        outcome[0] = "no";
                    }
                });
        return outcome[0];
    }

    /** Lettuce's block stands on its own page too. */
    @Test
    void itsCodeIsCompiled() throws Exception {
        String tested =
                Files.readString(SOURCES.resolve("frameworks/src/test/java/" + HERE))
                        + Files.readString(
                                SOURCES.resolve(
                                        "libraries/src/test/java/io/tardy/libraries/LettuceTest.java"));
        assertThat(
                        Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL)
                                .matcher(Files.readString(PAGE))
                                .results())
                .hasSize(2)
                .allSatisfy(
                        block ->
                                assertThat(tested.replaceAll("(?m)^ +", ""))
                                        .contains(block.group(1).replaceAll("(?m)^ +", "")));
    }

    @Test
    void theVersionsAreThePages() throws Exception {
        String page = Files.readString(PAGE);
        for (String library :
                List.of(
                        "armeria",
                        "async-http-client",
                        "aws",
                        "camel",
                        "finagle",
                        "hivemq",
                        "littleproxy",
                        "micronaut",
                        "mongo",
                        "pulsar",
                        "r2dbc-postgresql",
                        "redisson",
                        "spring-boot",
                        "grpc",
                        "lettuce",
                        "reactor-netty",
                        "vertx")) {
            assertThat(page).contains("| " + PagesTest.version(library) + " |");
        }
    }

    private static void armeria(TardyEventLoopGroup group) throws Exception {
        try (HelloServer server = HelloServer.start();
                ClientFactory factory = ClientFactory.builder().workerGroup(group, false).build()) {
            String hello =
                    WebClient.builder(server.url())
                            .factory(factory)
                            .build()
                            .get("/")
                            .aggregate()
                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .contentUtf8();
            assertThat(hello).isEqualTo("hello");
        }
    }

    private static void asyncHttpClient(TardyEventLoopGroup group) throws Exception {
        try (HelloServer server = HelloServer.start();
                AsyncHttpClient client =
                        Dsl.asyncHttpClient(Dsl.config().setEventLoopGroup(group))) {
            String hello =
                    client.prepareGet(server.url())
                            .execute()
                            .toCompletableFuture()
                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .getResponseBody();
            assertThat(hello).isEqualTo("hello");
        }
    }

    /** The group with its class; without it the SDK refuses each group that it does not know. */
    private static void aws(TardyEventLoopGroup group) throws Exception {
        SdkEventLoopGroup loops =
                SdkEventLoopGroup.create(
                        group, new ReflectiveChannelFactory<>(group.socketChannel()));
        register(loops.eventLoopGroup(), loops.channelFactory().newChannel());
    }

    private static void camel(TardyEventLoopGroup group, String options) throws Exception {
        try (LineServer server = LineServer.start();
                DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("tardy", group);
            camel.start();
            try (ProducerTemplate producer = camel.createProducerTemplate()) {
                String echo =
                        producer.requestBody(
                                "netty:tcp://127.0.0.1:"
                                        + server.port()
                                        + "?workerGroup=#tardy&textline=true&sync=true"
                                        + options,
                                "hello",
                                String.class);
                assertThat(echo).isEqualTo("hello");
            }
        }
    }

    private static void finagle(TardyEventLoopGroup group) throws Exception {
        try (LineServer server = LineServer.start()) {
            Stack.Params params =
                    Stack.Params$.MODULE$
                            .empty()
                            .$plus(new WorkerPool(group), WorkerPool.workerPoolParam());
            var transporter =
                    Netty4Transporter$.MODULE$.framedBuf(
                            Option.empty(),
                            new InetSocketAddress("127.0.0.1", server.port()),
                            params);
            var transport =
                    Await.result(
                            transporter.apply(),
                            com.twitter.util.Duration.fromSeconds(Groups.PATIENCE_SECONDS));
            transport.close();
        }
    }

    /** The rule of those that take epoll where it is. */
    private static TardyEventLoopGroup groupForEpoll() {
        return TardyEventLoopGroup.builder()
                .carrying(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .build();
    }

    @Test
    void aGroupForItsRuleServesALibrary() throws Exception {
        TardyEventLoopGroup group = groupForEpoll();
        try {
            hivemq(group);
            finagle(group);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        }
    }

    private static void hivemq(TardyEventLoopGroup group) throws Exception {
        EventLoopGroup servers = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel server =
                    new ServerBootstrap()
                            .group(servers)
                            .channel(NioServerSocketChannel.class)
                            .childHandler(
                                    new ChannelInitializer<>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline()
                                                    .addLast(
                                                            new MqttDecoder(),
                                                            MqttEncoder.INSTANCE,
                                                            new Broker());
                                        }
                                    })
                            .bind("127.0.0.1", 0)
                            .sync()
                            .channel();
            Mqtt3BlockingClient client =
                    MqttClient.builder()
                            .useMqttVersion3()
                            .serverHost("127.0.0.1")
                            .serverPort(((InetSocketAddress) server.localAddress()).getPort())
                            .executorConfig(
                                    MqttClientExecutorConfig.builder().nettyExecutor(group).build())
                            .buildBlocking();
            client.connect();
            client.disconnect();
        } finally {
            servers.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        }
    }

    /** Welcomes who connects. */
    private static final class Broker extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof MqttConnectMessage) {
                context.writeAndFlush(
                        MqttMessageBuilders.connAck()
                                .returnCode(MqttConnectReturnCode.CONNECTION_ACCEPTED)
                                .build());
            }
        }
    }

    /** There is no Pulsar: the class that its client chooses for the group. */
    private static void pulsar(TardyEventLoopGroup group) throws Exception {
        register(
                group,
                EventLoopUtil.getClientSocketChannelClass(group).getConstructor().newInstance());
    }

    private static void register(EventLoopGroup group, Channel channel) throws Exception {
        try {
            group.register(channel).sync();
            channel.close().sync();
        } finally {
            if (!channel.isRegistered()) {
                channel.unsafe().closeForcibly();
            }
        }
    }

    /** It has groups of its own. */
    @Test
    void littleProxyTakesNoGroup() {
        assertThat(HttpProxyServerBootstrap.class.getMethods())
                .allSatisfy(
                        method ->
                                assertThat(Arrays.asList(method.getParameterTypes()))
                                        .noneMatch(EventLoopGroup.class::isAssignableFrom));
    }

    /** Sends lines back. */
    private static final class LineServer implements AutoCloseable {
        private final ServerSocket server;

        private LineServer(ServerSocket server) {
            this.server = server;
        }

        static LineServer start() throws IOException {
            LineServer lines =
                    new LineServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofPlatform().daemon().start(lines::serve);
            return lines;
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException e) {
                    // the client has gone, or the test has ended
                }
            }
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
