package io.tardy.examples;

import io.tardy.aio.Stat;
import io.tardy.fs.Dir;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Prints the attributes of a file. Call it in a frame. */
final class StatExample {

    private StatExample() {}

    static void run(Path path, boolean followsLinks) throws IOException {
        Stat stat = Dir.cwd().stat(path, followsLinks);
        System.out.printf(
                "file: %s%nsize: %d%nkind: %s%nmode: %04o%ninode: %d%nlinks: %d%n",
                path,
                stat.size(),
                stat.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                stat.mode(),
                stat.inode(),
                stat.links());
        System.out.printf(
                "accessed: %s%nmodified: %s%nchanged: %s%n",
                stat.accessed(), stat.modified(), stat.changed());
        if (stat.created() != null) {
            System.out.printf("created: %s%n", stat.created());
        }
    }
}
