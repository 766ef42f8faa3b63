package io.tardy.testsuite;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.DnsResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A name server at 127.0.0.1, on a runtime's loop. The first word of a name says how it behaves
 * when it is asked for IPv4; of IPv6 it knows nothing, but of {@code both}, its {@code alias}, and
 * {@code later}.
 */
final class DnsServer implements AutoCloseable {

    /** So many ports are tried, until one is free for UDP and TCP. */
    private static final int PORTS_MAX = 50;

    /** In an answer of the words that have one. */
    static final String ADDRESS = "127.0.0.1";

    /** In the answer by TCP. */
    static final int LONG_COUNT = 100;

    private final TardyRuntime runtime;
    private final List<Channel> opened = new ArrayList<>();

    /** The questions for IPv4, in their order: the loop and the frames of a runtime take turns. */
    private final List<String> asked = new ArrayList<>();

    private InetSocketAddress address;

    private DnsServer(TardyRuntime runtime) {
        this.runtime = runtime;
    }

    /** In a frame. */
    static DnsServer open(TardyRuntime runtime) throws Exception {
        DnsServer server = new DnsServer(runtime);
        for (int i = 1; ; i++) {
            Channel tcp = server.bindTcp();
            server.address = (InetSocketAddress) tcp.localAddress();
            try {
                server.opened.add(tcp);
                server.opened.add(server.bindUdp());
                return server;
            } catch (SocketException e) {
                server.close(); // another has that port for UDP
                if (i == PORTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private Channel bindTcp() throws Exception {
        return runtime.await(
                new ServerBootstrap()
                        .group(runtime.eventLoop())
                        .channel(runtime.channelTypes().serverSocket())
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        opened.add(channel);
                                        channel.pipeline()
                                                .addLast(
                                                        new TcpDnsQueryDecoder(),
                                                        new TcpDnsResponseEncoder(),
                                                        new OverTcp());
                                    }
                                })
                        .bind(new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), 0)));
    }

    private Channel bindUdp() throws Exception {
        return runtime.await(
                new Bootstrap()
                        .group(runtime.eventLoop())
                        .channel(runtime.channelTypes().datagram())
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new DatagramDnsQueryDecoder(),
                                                        new DatagramDnsResponseEncoder(),
                                                        new OverUdp());
                                    }
                                })
                        .bind(address));
    }

    InetSocketAddress address() {
        return address;
    }

    /** Asks this server, and has the patience of the default. */
    DnsResolver resolver() {
        return DnsResolver.of(address);
    }

    /** The names in the questions for IPv4, without the last dot. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    /** Until so many questions for IPv4 have come, and so many connections. */
    void awaitAsked(int questions, int connections) throws Exception {
        while (asked.size() < questions || opened.size() - 2 < connections) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    int connections() {
        return opened.size() - 2;
    }

    /** Closes what serves TCP: as a firewall that lets only UDP pass, and says so. */
    void closeTcp() throws Exception {
        runtime.await(opened.getFirst().close());
    }

    /** Waits until the peers' ends of all connections are closed. */
    void awaitConnectionsClosed() throws Exception {
        for (int i = 2; i < opened.size(); i++) { // behind those that listen
            runtime.await(opened.get(i).closeFuture());
        }
    }

    @Override
    public void close() throws Exception {
        for (Channel channel : opened) {
            runtime.await(channel.close());
        }
        opened.clear();
    }

    private static String nameOf(DnsQuestion question) {
        String name = question.name();
        return name.substring(0, name.length() - 1);
    }

    private static void add(DnsResponse to, DnsSection section, String name, String literal) {
        byte[] address = InetAddress.ofLiteral(literal).getAddress();
        DnsRecordType type = address.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA;
        to.addRecord(
                section, new DefaultDnsRawRecord(name, type, 60, Unpooled.wrappedBuffer(address)));
    }

    private static void addAlias(DnsResponse to, String name, String target) {
        ByteBuf encoded = Unpooled.buffer();
        for (String label : target.split("\\.")) {
            encoded.writeByte(label.length());
            encoded.writeCharSequence(label, StandardCharsets.US_ASCII);
        }
        encoded.writeByte(0);
        to.addRecord(
                DnsSection.ANSWER, new DefaultDnsRawRecord(name, DnsRecordType.CNAME, 60, encoded));
    }

    private final class OverUdp extends SimpleChannelInboundHandler<DatagramDnsQuery> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            String name = nameOf(question);
            String word = name.split("\\.")[0];
            boolean isIpv4 = question.type() == DnsRecordType.A;
            if (isIpv4) {
                asked.add(name);
            }
            int id = word.equals("otherid") ? query.id() ^ 1 : query.id();
            DatagramDnsResponse response =
                    new DatagramDnsResponse(query.recipient(), query.sender(), id);
            response.addRecord(
                    DnsSection.QUESTION,
                    word.equals("otherquestion")
                            ? new DefaultDnsQuestion("bank.test.", question.type())
                            : new DefaultDnsQuestion(question.name(), question.type()));
            if ((word.equals("both") || word.equals("later")) && !isIpv4) {
                add(response, DnsSection.ANSWER, question.name(), "::1");
            } else if (isIpv4 || word.equals("alias")) {
                fill(response, question.name(), word);
            }
            send(context, query, response, word);
        }

        private void fill(DnsResponse response, String name, String word) {
            switch (word) {
                case "unknown" -> response.setCode(DnsResponseCode.NXDOMAIN);
                case "denied" ->
                        response.setCode(DnsResponseCode.NXDOMAIN).setAuthoritativeAnswer(true);
                case "servfail" -> response.setCode(DnsResponseCode.SERVFAIL);
                case "refused" -> response.setCode(DnsResponseCode.REFUSED);
                case "empty" -> {}
                case "othername" -> add(response, DnsSection.ANSWER, "bank.test.", ADDRESS);
                case "alias" -> addAlias(response, name, "both.test");
                case "loop" ->
                        addAlias(
                                response,
                                name,
                                name.equals("loop.test.") ? "loop.back.test" : "loop.test");
                case "poison" -> {
                    add(response, DnsSection.ANSWER, name, ADDRESS);
                    add(response, DnsSection.ANSWER, "bank.test.", "127.0.0.66");
                    addAlias(response, "bank.test.", "both.test");
                    add(response, DnsSection.ADDITIONAL, "bank.test.", "127.0.0.66");
                }
                case "long", "cut", "half", "mute" -> response.setTruncated(true);
                case "both" -> {
                    add(response, DnsSection.ANSWER, name, ADDRESS);
                    add(response, DnsSection.ANSWER, name, "127.0.0.2");
                }
                default -> add(response, DnsSection.ANSWER, name, ADDRESS);
            }
        }

        private void send(
                ChannelHandlerContext context,
                DatagramDnsQuery query,
                DatagramDnsResponse response,
                String word) {
            boolean isFirst = isAskedForFirst(query);
            boolean isAtOnce = isForIpv4(query) && word.equals("later");
            switch (isAtOnce ? "" : word) {
                case "deaf" -> response.release();
                case "lost" -> {
                    if (isFirst) {
                        response.release();
                    } else {
                        context.writeAndFlush(response);
                    }
                }
                case "slow", "later" ->
                        context.executor()
                                .schedule(
                                        () -> context.writeAndFlush(response),
                                        100,
                                        TimeUnit.MILLISECONDS);
                case "garbage" -> {
                    response.release();
                    ByteBuf bytes = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
                    context.pipeline()
                            .context(DatagramDnsResponseEncoder.class)
                            .writeAndFlush(new DatagramPacket(bytes, query.sender()));
                }
                default -> context.writeAndFlush(response);
            }
        }

        private static boolean isForIpv4(DnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            return question.type() == DnsRecordType.A;
        }

        private boolean isAskedForFirst(DnsQuery query) {
            String name = nameOf(query.recordAt(DnsSection.QUESTION));
            return asked.stream().filter(name::equals).count() == 1;
        }
    }

    private static final class OverTcp extends SimpleChannelInboundHandler<DnsQuery> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, DnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            switch (nameOf(question).split("\\.")[0]) {
                case "cut" -> context.close();
                case "mute" -> {}
                case "half" -> {
                    ByteBuf bytes = Unpooled.buffer().writeShort(500).writeZero(10);
                    context.pipeline()
                            .context(TcpDnsResponseEncoder.class)
                            .writeAndFlush(bytes)
                            .addListener(written -> context.close());
                }
                default -> {
                    DnsResponse response =
                            new DefaultDnsResponse(
                                    query.id(), DnsOpCode.QUERY, DnsResponseCode.NOERROR);
                    response.addRecord(
                            DnsSection.QUESTION,
                            new DefaultDnsQuestion(question.name(), question.type()));
                    for (int i = 1; i <= LONG_COUNT; i++) {
                        add(response, DnsSection.ANSWER, question.name(), "10.0.0." + i);
                    }
                    context.writeAndFlush(response);
                }
            }
        }
    }
}
