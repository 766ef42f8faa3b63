package io.tardy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupsTest {

    private static final long MIB = 1 << 20;

    private static final String MEMORY =
            "limit of the control group on memory: 512 MiB; the heap may take 128 MiB, Netty's"
                    + " buffers 127 MiB more, and other direct buffers have a limit of their own";
    private static final String HALF = "limit of the control group on processors: the time of 0.50";
    private static final String THREADS =
            "limit of the control group on threads and processes: 28; 24 are there";

    @TempDir private Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private List<String> described() {
        return new ControlGroups(root).describe(128 * MIB, 127 * MIB);
    }

    @Test
    void whereThereAreNoneNothingIsSaid() {
        assertThat(described()).isEmpty();
    }

    /** As Docker shows it on a system of today: the group is the root of its namespace. */
    @Test
    void theSecondVersionInItsOwnNamespace() throws IOException {
        file("proc/self/cgroup", "0::/");
        file(
                "proc/self/mountinfo",
                "30 23 0:26 / /proc rw - proc proc rw\n"
                        + "31 23 0:27 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate");
        file("sys/fs/cgroup/memory.max", "" + 512 * MIB);
        file("sys/fs/cgroup/cpu.max", "50000 100000");
        file("sys/fs/cgroup/pids.max", "28");
        file("sys/fs/cgroup/pids.current", "24");
        assertThat(described()).containsExactly(MEMORY, HALF, THREADS);
    }

    @Test
    void theLeastOfAllGroupsAboveCounts() throws IOException {
        file("proc/self/cgroup", "0::/a.slice/b.service");
        file("proc/self/mountinfo", "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
        file("sys/fs/cgroup/a.slice/b.service/memory.max", "max");
        file("sys/fs/cgroup/a.slice/memory.max", "" + 512 * MIB);
        file("sys/fs/cgroup/a.slice/b.service/cpu.max", "200000 100000");
        file("sys/fs/cgroup/a.slice/cpu.max", "25000 50000");
        file("sys/fs/cgroup/a.slice/b.service/pids.max", "1000");
        file("sys/fs/cgroup/a.slice/b.service/pids.current", "20");
        file("sys/fs/cgroup/a.slice/pids.max", "28");
        file("sys/fs/cgroup/a.slice/pids.current", "24");
        assertThat(described()).containsExactly(MEMORY, HALF, THREADS);
    }

    @Test
    void withoutALimitTheSecondVersionSaysMax() throws IOException {
        file("proc/self/cgroup", "0::/a");
        file("proc/self/mountinfo", "31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
        file("sys/fs/cgroup/a/memory.max", "max");
        file("sys/fs/cgroup/a/cpu.max", "max 100000");
        file("sys/fs/cgroup/a/pids.max", "max");
        assertThat(described()).isEmpty();
    }

    /** A hierarchy for each, and a container that sees its own group where it is mounted. */
    @Test
    void theFirstVersionInAContainer() throws IOException {
        file(
                "proc/self/cgroup",
                "4:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n1:pids:/docker/abc\n0::/");
        file(
                "proc/self/mountinfo",
                "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro shared:9 - cgroup cgroup"
                        + " rw,memory\n"
                        + "36 31 0:33 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup"
                        + " rw,cpu,cpuacct\n"
                        + "37 31 0:34 /docker/abc /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "" + 512 * MIB);
        file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000");
        file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
        file("sys/fs/cgroup/pids/pids.max", "28");
        file("sys/fs/cgroup/pids/pids.current", "24");
        assertThat(described()).containsExactly(MEMORY, HALF, THREADS);
    }

    @Test
    void withoutALimitTheFirstVersionHasNumbersThatAreNone() throws IOException {
        file("proc/self/cgroup", "4:memory:/a\n2:cpu:/a\n1:pids:/a");
        file(
                "proc/self/mountinfo",
                "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                        + "36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                        + "37 31 0:34 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids");
        file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712");
        file("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1");
        file("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000");
        file("sys/fs/cgroup/pids/a/pids.max", "max");
        assertThat(described()).isEmpty();
    }

    /** What is garbled is no limit, and no reason to fail. */
    @Test
    void whatCannotBeReadIsNoLimit() throws IOException {
        file("proc/self/cgroup", "nonsense\n0:");
        file("proc/self/mountinfo", "x\n31 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
        file("sys/fs/cgroup/memory.max", "much");
        file("sys/fs/cgroup/cpu.max", "50000");
        assertThat(described()).isEmpty();
    }
}
