package io.tardy.sim.disk;

import io.tardy.sim.faults.DiskFaults;
import io.tardy.sim.time.Dice;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What a loss of power leaves of what was not synced. */
final class Crash {

    private final Dice dice;
    private final Chance chance;
    private final DiskFaults faults;
    private final Consumer<String> trace;

    Crash(Dice dice, Chance chance, DiskFaults faults, Consumer<String> trace) {
        this.dice = dice;
        this.chance = chance;
        this.faults = faults;
        this.trace = trace;
    }

    void on(Node.Directory root) {
        resolveMoves(root);
        Deque<Node.Directory> left = new ArrayDeque<>();
        left.add(root);
        for (Node.Directory next; (next = left.poll()) != null; ) {
            resolveNames(next);
            for (Node entry : next.entries.values()) {
                switch (entry) {
                    case Node.Directory directory -> left.add(directory);
                    case Node.File file -> resolveContent(file);
                    case Node.Link link -> {} // where it leads is in its name's place
                }
            }
        }
    }

    /** What was moved is where it was, or where it is, and what is durable is there once. */
    private void resolveMoves(Node.Directory root) {
        List<Node> moved = new ArrayList<>();
        Tree.forEach(
                root,
                node -> {
                    if (node.hasMoved()) {
                        moved.add(node);
                    }
                });
        for (Node node : moved) {
            if (!node.hasMoved()) {
                continue; // with another
            }
            String path = node.path().toString();
            boolean isLost =
                    !node.isReachable() || node.mayReturn() && dice.chance(faults.nameLostChance());
            if (isLost) {
                node.undoMove();
                happened("rename undone", path + " back to " + node.path());
            } else {
                node.syncName();
                trace.accept("crash: rename to " + path + " kept");
            }
        }
    }

    private void resolveNames(Node.Directory directory) {
        TreeSet<Path> names = new TreeSet<>(directory.entries.keySet());
        names.addAll(directory.synced.keySet());
        for (Path name : names) {
            Node now = directory.entries.get(name);
            Node synced = directory.synced.get(name);
            if (now != synced) {
                String change =
                        (now == null ? "deletion of " : "") + directory.path().resolve(name);
                if (!dice.chance(faults.nameLostChance())) {
                    trace.accept("crash: " + change + " kept");
                } else if (synced == null) {
                    directory.entries.remove(name);
                    happened("name lost", change + " lost");
                } else {
                    synced.restoreSynced();
                    happened("deletion undone", change + " undone");
                }
            }
        }
        directory.syncEntries();
    }

    private void resolveContent(Node.File file) {
        Content content = file.content;
        if (!content.hasUnsynced()) {
            return;
        }
        double lost = faults.lostChance();
        if (dice.chance(lost)) {
            content.lose();
            happened("content lost", file.path() + " back to " + content.size() + " bytes");
        } else if (lost < 1 && dice.chance(faults.tornChance() / (1 - lost))) {
            happened("content torn", file.path() + " " + content.tear(dice));
        } else {
            content.keep();
            trace.accept("crash: " + file.path() + " kept");
        }
    }

    private void happened(String fault, String what) {
        chance.reached(fault);
        trace.accept("crash: " + what);
    }
}
