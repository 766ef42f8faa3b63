package io.tardy.examples.redis;

import static io.tardy.examples.redis.Command.ANY;

import io.tardy.examples.redis.Value.Scored;
import io.tardy.examples.redis.Value.Scores;
import java.util.Iterator;
import java.util.Map;

/** Commands on sorted sets. */
final class SortedSetCommands {

    private SortedSetCommands() {}

    static void addTo(Map<String, Command> commands) {
        commands.put("ZADD", Command.growing(4, ANY, SortedSetCommands::add));
        commands.put("ZCARD", Command.of(2, 2, SortedSetCommands::size));
        commands.put("ZSCORE", Command.of(3, 3, SortedSetCommands::score));
        commands.put("ZPOPMIN", Command.of(2, 3, SortedSetCommands::popLowest));
    }

    private static void add(Call call) throws CommandException {
        if (call.count() % 2 != 0) {
            throw new CommandException(
                    "ERR each member has a score before it; options it has none");
        }
        double[] scores = new double[call.count() / 2];
        for (int i = 2; i < call.count(); i += 2) {
            scores[i / 2] = Score.parse(call.argument(i));
        }
        Scores set = call.store.findOrMake(call.argument(1), Scores.class, Scores::new);
        int added = 0;
        for (int i = 2; i < call.count(); i += 2) {
            String member = call.argument(i + 1);
            double score = scores[i / 2];
            Double old = set.scores.put(member, score);
            if (old == null) {
                added++;
                call.store.charge(set, 2 * CollectionCommands.cost(member));
            } else if (old != score) {
                set.order.remove(new Scored(old, member));
                call.store.charge(set, 0);
            }
            set.order.add(new Scored(score, member));
        }
        call.reply.integer(added);
    }

    private static void size(Call call) throws CommandException {
        Scores set = call.store.find(call.argument(1), Scores.class);
        call.reply.integer(set == null ? 0 : set.order.size());
    }

    private static void score(Call call) throws CommandException {
        Scores set = call.store.find(call.argument(1), Scores.class);
        Double score = set == null ? null : set.scores.get(call.argument(2));
        if (score == null) {
            call.reply.nothing();
        } else {
            call.reply.number(score);
        }
    }

    /** The reply is written first, as that of the other pops. */
    private static void popLowest(Call call) throws CommandException {
        Scores set = call.store.find(call.argument(1), Scores.class);
        int count = Math.min(call.countAt(2), set == null ? 0 : set.order.size());
        boolean isOfPairs = call.reply.protocol() == 3 && call.count() == 3;
        call.reply.array(isOfPairs ? count : 2 * count);
        if (count == 0) {
            return;
        }
        Iterator<Scored> told = set.order.iterator();
        for (int i = 0; i < count; i++) {
            Scored lowest = told.next();
            if (isOfPairs) {
                call.reply.array(2);
            }
            call.reply.string(lowest.member());
            call.reply.number(lowest.score());
        }
        for (int i = 0; i < count; i++) {
            String member = set.order.pollFirst().member();
            set.scores.remove(member);
            call.store.charge(set, -2 * CollectionCommands.cost(member));
        }
        call.store.removeIfEmpty(call.argument(1), set);
    }
}
