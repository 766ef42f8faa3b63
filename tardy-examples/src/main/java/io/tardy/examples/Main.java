package io.tardy.examples;

import io.tardy.Doctor;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.net.Tls;
import io.tardy.net.TrustedProxies;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./tardy EXAMPLE [options]}: runs one example, or lists them. */
@Command(
        name = "tardy",
        description = "Examples of the Tardy runtime.",
        synopsisSubcommandLabel = "EXAMPLE",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false)
public final class Main implements Runnable {

    /** The examples that are not methods here. */
    private static final List<Class<?>> COMMANDS =
            List.of(
                    HttpFilesCommand.class,
                    ProxyCommand.class,
                    RedisCommand.class,
                    ReplicaCommand.class,
                    EndToEndCommand.class,
                    SimCommand.class,
                    TopCommand.class,
                    TrainCommand.class);

    /** The name, to picocli, of a method whose name is the example's. */
    private static final String UNNAMED = "<main class>";

    @Spec private CommandSpec spec;

    private Main() {}

    /** Runs the example that the arguments name. */
    public static void main(String[] args) {
        // One line for a warning, even if the JDK's logging is not configured.
        setIfAbsent("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        // To register its events of JFR takes longer than all else that a loop does at its start.
        setIfAbsent("io.netty.jfr.enabled", "false");
        int status = commandLine(args).execute(args);
        System.out.flush();
        System.exit(status);
    }

    private static void setIfAbsent(String property, String value) {
        System.setProperty(property, System.getProperty(property, value));
    }

    /**
     * With the example that the arguments name, or with all: for picocli to learn about all of them
     * takes longer than a server does to start.
     */
    static CommandLine commandLine(String... args) {
        List<AnnotatedElement> all = new ArrayList<>(COMMANDS);
        all.addAll(CommandLine.getCommandMethods(Main.class, null));
        List<AnnotatedElement> named =
                all.stream().filter(e -> args.length > 0 && args[0].equals(nameOf(e))).toList();
        CommandLine commandLine = new CommandLine(new Main());
        (named.isEmpty() ? all : named).forEach(commandLine::addSubcommand);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Main::explainUsage);
        commandLine.setExecutionExceptionHandler((e, line, parsed) -> explain(e, line));
        return commandLine;
    }

    private static String nameOf(AnnotatedElement example) {
        String name = example.getAnnotation(Command.class).name();
        return name.equals(UNNAMED) ? ((Method) example).getName() : name;
    }

    /** Lists the examples if none is named. */
    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Frames and timers, side by side on one thread.")
    void basic(@Mixin RuntimeOptions runtime) throws IOException {
        try (var tardy = runtime.tardy().build()) {
            Basic.run(tardy);
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Writes a file to the standard output.")
    void cat(
            @Mixin RuntimeOptions runtime,
            @Parameters(paramLabel = "FILE", description = "The file.") Path path)
            throws IOException {
        runtime.runInFrame(() -> Cat.run(path));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Messages from one runtime to another (try --runtimes 2).")
    void channel(
            @Mixin RuntimeOptions runtime,
            @Option(
                            names = "--messages",
                            defaultValue = "1000000",
                            description = "How many messages (default: 1000000).")
                    int messages)
            throws IOException {
        try (var tardy = runtime.tardy().build()) {
            Channel.run(tardy, messages);
        }
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Which transports work on this machine, and why others do not.")
    void doctor() {
        Doctor.report().forEach(System.out::println);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "A server that sends back what it receives.")
    void echo(@Mixin ServerOptions server) throws IOException {
        server.serve(Echo::start);
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "frame-http",
            description = "The same HTTP server with a frame for each connection.")
    void frameHttp(
            @Mixin NettyServerOptions server,
            @Mixin HealthOptions health,
            @Mixin ForwarderOptions forwarders)
            throws Exception {
        server.serve(health, new FrameHttp(health.health(), forwarders.trusted()));
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "frame-gateway",
            description = "The same gateway on Netty's codecs, with a frame for each connection.")
    void frameGateway(
            @Mixin NettyServerOptions server,
            @Mixin HealthOptions health,
            @Mixin GatewayOptions gateway)
            throws Exception {
        server.serve(health, gateway.onFrames(health.health()));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "An HTTP server that asks another one before it answers.")
    void gateway(
            @Mixin ServerOptions server, @Mixin HealthOptions health, @Mixin GatewayOptions gateway)
            throws IOException {
        server.serve(health, gateway.onSockets(health.health())::start);
    }

    @Command(mixinStandardHelpOptions = true, description = "An HTTP server on sockets alone.")
    void http(@Mixin ServerOptions server, @Mixin HealthOptions health) throws IOException {
        server.serve(health, (rt, listener) -> Http.start(rt, listener, health.health()));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "A server that starts a program for each connection.")
    void inetd(
            @Mixin ServerOptions server,
            @Parameters(
                            arity = "1..*",
                            paramLabel = "COMMAND",
                            description = "The program, and its arguments; put -- before them.")
                    List<String> command)
            throws IOException {
        server.serve((rt, listener) -> Inetd.start(rt, listener, command));
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "netty-echo",
            description =
                    "An ordinary Netty server, on Tardy's loops, that sends back what it receives.")
    void nettyEcho(@Mixin NettyServerOptions server) throws Exception {
        server.serve(new NettyEcho.Echo());
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "netty-gateway",
            description = "The same gateway as an ordinary Netty server, on Tardy's loops.")
    void nettyGateway(
            @Mixin NettyServerOptions server,
            @Mixin HealthOptions health,
            @Mixin GatewayOptions gateway)
            throws Exception {
        server.serve(health, gateway.onCallbacks(health.health()));
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "netty-http",
            description = "An ordinary Netty HTTP server, on Tardy's loops.")
    void nettyHttp(
            @Mixin NettyServerOptions server,
            @Mixin HealthOptions health,
            @Mixin ForwarderOptions forwarders)
            throws Exception {
        server.serve(health, new NettyHttp(health.health(), forwarders.trusted()));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Deletes a directory and all that is in it.")
    void rmdir(
            @Mixin RuntimeOptions runtime,
            @Parameters(
                            paramLabel = "DIR",
                            description = "The directory; links in it are not followed.")
                    Path path)
            throws IOException {
        runtime.runInFrame(() -> Rmdir.run(path));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "A server of values: each key lives on one runtime (try --runtimes 2).")
    void sharded(@Mixin ServerOptions server) throws IOException {
        server.serve(Sharded::start);
    }

    @Command(mixinStandardHelpOptions = true, description = "Writes a text to a file.")
    void shove(
            @Mixin RuntimeOptions runtime,
            @Parameters(paramLabel = "FILE", description = "The file; made if it is not there.")
                    Path path,
            @Parameters(paramLabel = "TEXT", description = "The text.") String text)
            throws IOException {
        runtime.runInFrame(() -> Shove.run(path, text));
    }

    @Command(mixinStandardHelpOptions = true, description = "Tells about a file.")
    void stat(
            @Mixin RuntimeOptions runtime,
            @Parameters(
                            paramLabel = "FILE",
                            description = "The file; a symbolic link stands for itself.")
                    Path path,
            @Option(
                            names = {"-L", "--dereference"},
                            description = "Tell about what a symbolic link leads to.")
                    boolean followsLinks)
            throws IOException {
        runtime.runInFrame(() -> StatExample.run(path, followsLinks));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "A server that keeps what it receives in a file, and sends it back at its end.")
    void stream(@Mixin ServerOptions server) throws IOException {
        server.serve(StreamExample::start);
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "tls-echo",
            description = "A server that sends back what it receives, behind TLS.")
    void tlsEcho(
            @Mixin ServerOptions server,
            @Option(
                            names = "--cert",
                            paramLabel = "FILE",
                            description = "The certificate, in PEM (default: a self-signed one).")
                    Path certificate,
            @Option(names = "--key", paramLabel = "FILE", description = "Its key, in PEM.")
                    Path key,
            @Option(
                            names = "--proxy-from",
                            paramLabel = "ADDRESS",
                            split = ",",
                            description =
                                    "Connections come from these load balancers, and begin with a"
                                            + " header of the PROXY protocol.")
                    String[] proxies)
            throws IOException {
        TrustedProxies trusted = FrontOptions.trusted("--proxy-from", proxies);
        if ((certificate == null) != (key == null)) {
            throw new IllegalStateException("--cert and --key belong together");
        }
        Tls tls = certificate == null ? TlsEcho.selfSigned() : TlsEcho.with(certificate, key);
        server.serve((rt, listener) -> TlsEcho.start(rt, listener, tls, trusted));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "A server that sends each datagram back.")
    void udp(@Mixin ServerOptions server) throws IOException {
        server.serveDatagrams(UdpEcho::start);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "A chat with rooms, and its page: open the address in browsers.")
    void websocket(
            @Mixin NettyServerOptions server,
            @Mixin HealthOptions health,
            @Option(
                            names = "--redis",
                            paramLabel = "URI",
                            description =
                                    "A Redis, redis://HOST:PORT, by which processes share their"
                                            + " rooms.")
                    String redis)
            throws Exception {
        server.serveOn(
                health,
                group ->
                        new WebSocketChat(
                                        health.health(),
                                        redis == null ? null : ChatRedis.connect(redis, group))
                                .server());
    }

    @Command(
            mixinStandardHelpOptions = true,
            name = "websocket-echo",
            description = "A WebSocket server that sends back every message.")
    void websocketEcho(@Mixin NettyServerOptions server, @Mixin HealthOptions health)
            throws Exception {
        server.serve(health, WebSocketEcho.server(health.health()));
    }

    private static int explainUsage(ParameterException e, String[] args) {
        System.err.println("tardy: " + e.getMessage() + " (see --help)");
        return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    }

    /** Explains a user's mistake in one sentence; a bug of ours gets its stack trace. */
    private static int explain(Exception e, CommandLine line) throws Exception {
        boolean isShortOfThreads = isShortOfThreads(e.getCause());
        boolean isUsersMistake =
                isShortOfThreads
                        || e instanceof TardyIOException
                        || e instanceof TransportUnavailableException
                        || e instanceof IllegalStateException;
        if (!isUsersMistake) {
            throw e;
        }
        System.err.println("tardy: " + (isShortOfThreads ? e.getCause() : e).getMessage());
        return line.getCommandSpec().exitCodeOnExecutionException();
    }

    /** Java has the same error for that and for a heap that is full. */
    private static boolean isShortOfThreads(Throwable cause) {
        return cause instanceof OutOfMemoryError
                && String.valueOf(cause.getMessage()).contains("native thread");
    }
}
