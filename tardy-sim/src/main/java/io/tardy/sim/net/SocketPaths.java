package io.tardy.sim.net;

import java.net.UnixDomainSocketAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a node's sockets of the Unix domain, by path as it is spelled, without redundant
 * parts. They outlive their sockets, their processes and the power, until they are deleted.
 */
final class SocketPaths {

    /** A file; which one is told by its identity. */
    static final class File {
        private final long number;
        private Listener listener;

        private File(long number) {
            this.number = number;
        }

        /** Whoever connects here finds this; null for nobody. */
        void serve(Listener listener) {
            this.listener = listener;
        }

        /** Null if nobody listens. */
        Listener listener() {
            return listener;
        }
    }

    private final Map<String, File> files = new LinkedHashMap<>();
    private long made;

    /** Makes a file; null if there is one. */
    File make(UnixDomainSocketAddress address) {
        String key = key(address.getPath());
        if (files.containsKey(key)) {
            return null;
        }
        File file = new File(made++);
        files.put(key, file);
        return file;
    }

    /** Null if there is none. */
    File at(UnixDomainSocketAddress address) {
        return files.get(key(address.getPath()));
    }

    /** A path that is not taken. */
    UnixDomainSocketAddress unused() {
        String path;
        do {
            path = "/tmp/socket_" + made++;
        } while (files.containsKey(path));
        return UnixDomainSocketAddress.of(path);
    }

    /** What tells the file at a path from every other, earlier and later ones too. */
    Object identity(Path path) throws NoSuchFileException {
        File file = files.get(key(path));
        if (file == null) {
            throw new NoSuchFileException(path.toString());
        }
        return file.number;
    }

    void delete(Path path) throws NoSuchFileException {
        if (files.remove(key(path)) == null) {
            throw new NoSuchFileException(path.toString());
        }
    }

    private static String key(Path path) {
        return path.normalize().toString();
    }
}
