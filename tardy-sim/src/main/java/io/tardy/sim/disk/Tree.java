package io.tardy.sim.disk;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.os.ErrnoException;
import io.tardy.os.PathBytes;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The directories of a disk, and how paths lead through them; see path_resolution(7). The working
 * directory is the root. Permission bits count as they do for the owner of everything.
 */
final class Tree {

    private static final Path ROOT = Path.of("/");
    private static final Path SELF = Path.of(".");
    private static final Path PARENT = Path.of("..");

    /** The longest path, without a zero at its end, and the longest name. */
    private static final int PATH_BYTES_MAX = 4095;

    private static final int NAME_BYTES_MAX = 255;

    /** How many symbolic links a path may lead through. */
    private static final int LINKS_MAX = 40;

    static final int MAY_READ = 0400;
    static final int MAY_WRITE = 0200;
    static final int MAY_SEARCH = 0100;

    /** Which permission bits new files do not get. */
    private static final int UMASK = 0022;

    private final InstantSource clock;
    private long nodes;
    private final Node.Directory root;

    Tree(InstantSource clock) {
        this.clock = clock;
        this.root = new Node.Directory(++nodes, null, ROOT, 0755, clock.instant());
    }

    Node.Directory root() {
        return root;
    }

    /** Visits the root and all that has a name. */
    void forEach(Consumer<Node> action) {
        forEach(root, action);
    }

    /** Visits a directory and all that has a name in it. */
    static void forEach(Node.Directory top, Consumer<Node> action) {
        Deque<Node> left = new ArrayDeque<>();
        left.add(top);
        for (Node next; (next = left.poll()) != null; ) {
            action.accept(next);
            if (next instanceof Node.Directory directory) {
                left.addAll(directory.entries.values());
            }
        }
    }

    /**
     * Where a path leads.
     *
     * @param parent the directory of its last name
     * @param name its last name, which may be {@code .} or {@code ..}; null for the root
     * @param node what is there, or null
     */
    record Place(Node.Directory parent, Path name, Node node) {

        boolean isSelf() {
            return SELF.equals(name);
        }

        boolean isParent() {
            return PARENT.equals(name);
        }

        boolean isRoot() {
            return name == null;
        }

        /** Whether the path ends with a name of its own. */
        boolean isNamed() {
            return !isRoot() && !isSelf() && !isParent();
        }

        Node existing() throws ErrnoException {
            if (node == null) {
                throw new ErrnoException(Errno.ENOENT);
            }
            return node;
        }
    }

    /** How many symbolic links a path has led through. */
    private static final class Links {
        private int count;

        Path next(Node.Link link) throws ErrnoException {
            if (++count > LINKS_MAX) {
                throw new ErrnoException(Errno.ELOOP);
            }
            return link.target;
        }
    }

    /**
     * Follows a path.
     *
     * @param start where a relative one begins
     * @param followsLinks whether a symbolic link at its end is followed; where that leads to
     *     nothing is a place too
     */
    Place find(Node start, Path path, boolean followsLinks) throws ErrnoException {
        return find(start, path, followsLinks, new Links());
    }

    private Place find(Node start, Path path, boolean followsLinks, Links links)
            throws ErrnoException {
        Place located = locate(start, path, links);
        Place place = located.isRoot() ? located : look(located);
        return followsLinks && place.node() instanceof Node.Link link
                ? find(place.parent(), links.next(link), true, links)
                : place;
    }

    private Place look(Place place) throws ErrnoException {
        return new Place(place.parent(), place.name(), step(place.parent(), place.name()));
    }

    /** Follows a path as far as the directory of its last name, which is not looked up. */
    Place locate(Node start, Path path) throws ErrnoException {
        return locate(start, path, new Links());
    }

    private Place locate(Node start, Path path, Links links) throws ErrnoException {
        if (path.toString().isEmpty()) {
            throw new ErrnoException(Errno.ENOENT);
        }
        if (PathBytes.of(path).length > PATH_BYTES_MAX) {
            throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        Node node = path.isAbsolute() ? root : start;
        if (path.getNameCount() == 0) {
            return new Place(root, null, root);
        }
        for (int i = 0; i < path.getNameCount() - 1; i++) {
            Node.Directory directory = requireSearchable(node);
            Node inner = step(directory, path.getName(i));
            if (inner == null) {
                throw new ErrnoException(Errno.ENOENT);
            }
            node =
                    inner instanceof Node.Link link
                            ? find(directory, links.next(link), true, links).existing()
                            : inner;
        }
        Node.Directory parent = requireSearchable(node);
        return new Place(parent, path.getFileName(), null);
    }

    private static Node.Directory requireSearchable(Node node) throws ErrnoException {
        if (!(node instanceof Node.Directory directory)) {
            throw new ErrnoException(Errno.ENOTDIR);
        }
        require(directory, MAY_SEARCH);
        return directory;
    }

    private Node step(Node.Directory directory, Path name) throws ErrnoException {
        if (name.equals(SELF)) {
            return directory;
        } else if (name.equals(PARENT)) {
            return directory.parent == null ? directory : directory.parent;
        } else if (!directory.hasName()) { // it was deleted, empty
            return null;
        } else if (PathBytes.of(name).length > NAME_BYTES_MAX) {
            throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        return directory.entries.get(name);
    }

    static void require(Node node, int permissions) throws ErrnoException {
        if ((node.mode & permissions) != permissions) {
            throw new ErrnoException(Errno.EACCES);
        }
    }

    Node.File addFile(Place place, int permissions) throws ErrnoException {
        requireChangeable(place.parent());
        int mode = permissions & 07777 & ~UMASK;
        Node.File file =
                new Node.File(++nodes, place.parent(), place.name(), mode, clock.instant());
        add(file);
        return file;
    }

    void addDirectory(Place place, int permissions) throws ErrnoException {
        requireChangeable(place.parent());
        int mode = permissions & 01777 & ~UMASK;
        add(new Node.Directory(++nodes, place.parent(), place.name(), mode, clock.instant()));
    }

    void addLink(Place place, Path target) throws ErrnoException {
        requireChangeable(place.parent());
        add(new Node.Link(++nodes, place.parent(), place.name(), target, clock.instant()));
    }

    /** As if it were opened anew, to be listed. */
    static Node.Directory requireListable(Node node) throws ErrnoException {
        if (!(node instanceof Node.Directory directory)) {
            throw new ErrnoException(Errno.ENOTDIR);
        }
        require(directory, MAY_READ | MAY_SEARCH);
        return directory;
    }

    private static void requireChangeable(Node.Directory directory) throws ErrnoException {
        if (!directory.hasName()) { // it was deleted, and nothing is made in it any more
            throw new ErrnoException(Errno.ENOENT);
        }
        require(directory, MAY_WRITE | MAY_SEARCH);
    }

    private static void add(Node node) {
        node.parent.entries.put(node.name, node);
        node.parent.touch(node.created);
    }

    void delete(Place place, boolean isDirectory) throws ErrnoException {
        if (!place.isNamed()) {
            throw new ErrnoException(isDirectory ? refusesRmdir(place) : Errno.EISDIR);
        }
        Node node = place.existing();
        require(place.parent(), MAY_WRITE | MAY_SEARCH);
        if (isDirectory != node instanceof Node.Directory) {
            throw new ErrnoException(isDirectory ? Errno.ENOTDIR : Errno.EISDIR);
        }
        if (node instanceof Node.Directory directory && !directory.entries.isEmpty()) {
            throw new ErrnoException(Errno.ENOTEMPTY);
        }
        node.parent.entries.remove(node.name);
        node.parent.touch(clock.instant());
        node.changed = clock.instant();
    }

    /** See rmdir(2). */
    private static Errno refusesRmdir(Place place) {
        if (place.isRoot()) {
            return Errno.EBUSY;
        }
        return place.isSelf() ? Errno.EINVAL : Errno.ENOTEMPTY;
    }

    /**
     * A change of names that is allowed.
     *
     * @param node what gets another name
     * @param to where
     * @param replaced what is there; null if nothing is
     */
    record Move(Node node, Place to, Node replaced) {}

    /** In the order in which Linux finds what is wrong; see rename(2). */
    Move move(Place from, Place to) throws ErrnoException {
        if (!from.isNamed() || !to.isNamed()) {
            throw new ErrnoException(Errno.EBUSY);
        }
        Node node = look(from).existing();
        Node replaced = look(to).node();
        if (isAbove(node, to.parent())) {
            throw new ErrnoException(Errno.EINVAL);
        } else if (replaced != null && isAbove(replaced, from.parent())) {
            throw new ErrnoException(Errno.ENOTEMPTY);
        } else if (node == replaced) {
            return new Move(node, to, replaced);
        }
        require(from.parent(), MAY_WRITE | MAY_SEARCH);
        requireChangeable(to.parent());
        if (replaced != null) {
            requireReplaceable(replaced, node instanceof Node.Directory);
        }
        if (node instanceof Node.Directory && from.parent() != to.parent()) {
            require(node, MAY_WRITE); // its parent is written in it
        }
        if (replaced instanceof Node.Directory directory && !directory.entries.isEmpty()) {
            throw new ErrnoException(Errno.ENOTEMPTY);
        }
        return new Move(node, to, replaced);
    }

    private static boolean isAbove(Node upper, Node lower) {
        for (Node node = lower; node != null; node = node.parent) {
            if (node == upper) {
                return true;
            }
        }
        return false;
    }

    private static void requireReplaceable(Node replaced, boolean byDirectory)
            throws ErrnoException {
        boolean isDirectory = replaced instanceof Node.Directory;
        if (isDirectory != byDirectory) {
            throw new ErrnoException(isDirectory ? Errno.EISDIR : Errno.ENOTDIR);
        }
    }

    void rename(Move move) {
        Instant now = clock.instant();
        move.node().parent.touch(now);
        move.to().parent().touch(now);
        move.node().changed = now;
        if (move.replaced() != null) {
            move.replaced().changed = now;
        }
        move.node().moveTo(move.to().parent(), move.to().name());
    }

    /** As open(2) with these flags would have it. */
    static void requireOpenable(Node node, AsyncOpenFlags flags) throws ErrnoException {
        if (flags.create() && flags.exclusive()) {
            throw new ErrnoException(Errno.EEXIST);
        }
        if (node instanceof Node.Link) {
            throw new ErrnoException(flags.directory() ? Errno.ENOTDIR : Errno.ELOOP);
        }
        boolean isDirectory = node instanceof Node.Directory;
        boolean writes = flags.mode() != FileMode.READ || flags.truncate();
        if (flags.directory() && !isDirectory) {
            throw new ErrnoException(Errno.ENOTDIR);
        } else if (isDirectory && (flags.create() || writes)) {
            throw new ErrnoException(Errno.EISDIR);
        }
        require(node, (flags.mode() == FileMode.WRITE ? 0 : MAY_READ) | (writes ? MAY_WRITE : 0));
    }
}
