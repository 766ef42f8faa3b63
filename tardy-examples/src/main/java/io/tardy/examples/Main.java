package io.tardy.examples;

public final class Main {
    public static void main(String[] args) throws Exception {
        io.tardy.Tardy tardy =
                io.tardy.Tardy.builder()
                        .threading(
                                io.tardy.Threading.multi(
                                        args.length > 1 ? Integer.parseInt(args[1]) : 1))
                        .build();
        Echo.serve(tardy, io.tardy.net.Socket.tcp("127.0.0.1", Integer.parseInt(args[0])));
    }
}
