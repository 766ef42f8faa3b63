package io.tardy.examples.redis;

import static io.tardy.examples.redis.Command.ANY;

import io.tardy.examples.redis.Value.Fields;
import io.tardy.examples.redis.Value.Items;
import io.tardy.examples.redis.Value.Members;
import java.util.Iterator;
import java.util.Map;

/** Commands on lists, sets and hashes. */
final class CollectionCommands {

    private CollectionCommands() {}

    static void addTo(Map<String, Command> commands) {
        commands.put("LPUSH", Command.growing(3, ANY, call -> push(call, true)));
        commands.put("RPUSH", Command.growing(3, ANY, call -> push(call, false)));
        commands.put("LPOP", Command.of(2, 3, call -> pop(call, true)));
        commands.put("RPOP", Command.of(2, 3, call -> pop(call, false)));
        commands.put("LLEN", Command.of(2, 2, CollectionCommands::listLength));
        commands.put("LRANGE", Command.of(4, 4, CollectionCommands::range));
        commands.put("SADD", Command.growing(3, ANY, CollectionCommands::addMembers));
        commands.put("SREM", Command.of(3, ANY, CollectionCommands::removeMembers));
        commands.put("SPOP", Command.of(2, 3, CollectionCommands::popMembers));
        commands.put("SCARD", Command.of(2, 2, CollectionCommands::setSize));
        commands.put("SISMEMBER", Command.of(3, 3, CollectionCommands::isMember));
        commands.put("SMEMBERS", Command.of(2, 2, CollectionCommands::members));
        commands.put("HSET", Command.growing(4, ANY, CollectionCommands::setFields));
        commands.put("HGET", Command.of(3, 3, CollectionCommands::getField));
        commands.put("HDEL", Command.of(3, ANY, CollectionCommands::deleteFields));
        commands.put("HLEN", Command.of(2, 2, CollectionCommands::hashSize));
        commands.put("HGETALL", Command.of(2, 2, CollectionCommands::fields));
    }

    /** What a member takes. */
    static long cost(String member) {
        return Store.ENTRY_BYTES + (long) member.length();
    }

    private static void push(Call call, boolean isLeft) throws CommandException {
        Items list = call.store.findOrMake(call.argument(1), Items.class, Items::new);
        for (int i = 2; i < call.count(); i++) {
            String item = call.argument(i);
            if (isLeft) {
                list.items.addFirst(item);
            } else {
                list.items.addLast(item);
            }
            call.store.charge(list, cost(item));
        }
        call.reply.integer(list.items.size());
    }

    /** The reply is written first: it may be too long, and then nothing is taken. */
    private static void pop(Call call, boolean isLeft) throws CommandException {
        Items list = call.store.find(call.argument(1), Items.class);
        int asked = call.countAt(2);
        if (list == null) {
            call.reply.nothing();
            return;
        }
        int count = Math.min(asked, list.items.size());
        if (call.count() == 3) {
            call.reply.array(count);
        }
        Iterator<String> items = isLeft ? list.items.iterator() : list.items.descendingIterator();
        for (int i = 0; i < count; i++) {
            call.reply.string(items.next());
        }
        for (int i = 0; i < count; i++) {
            String item = isLeft ? list.items.removeFirst() : list.items.removeLast();
            call.store.charge(list, -cost(item));
        }
        call.store.removeIfEmpty(call.argument(1), list);
    }

    private static void listLength(Call call) throws CommandException {
        Items list = call.store.find(call.argument(1), Items.class);
        call.reply.integer(list == null ? 0 : list.items.size());
    }

    /** From the first index to the last; negative ones count from the end. */
    private static void range(Call call) throws CommandException {
        Items list = call.store.find(call.argument(1), Items.class);
        long size = list == null ? 0 : list.items.size();
        long first = call.integer(2);
        long last = call.integer(3);
        long from = Math.max(0, first < 0 ? size + first : first);
        long to = Math.min(size - 1, last < 0 ? size + last : last);
        if (from > to) {
            call.reply.array(0);
            return;
        }
        call.reply.array((int) (to - from + 1));
        Iterator<String> items = list.items.iterator();
        for (long i = 0; i <= to; i++) {
            String item = items.next();
            if (i >= from) {
                call.reply.string(item);
            }
        }
    }

    private static void addMembers(Call call) throws CommandException {
        Members set = call.store.findOrMake(call.argument(1), Members.class, Members::new);
        int added = 0;
        for (int i = 2; i < call.count(); i++) {
            if (set.members.add(call.argument(i))) {
                call.store.charge(set, cost(call.argument(i)));
                added++;
            }
        }
        call.reply.integer(added);
    }

    private static void removeMembers(Call call) throws CommandException {
        Members set = call.store.find(call.argument(1), Members.class);
        int removed = 0;
        for (int i = 2; set != null && i < call.count(); i++) {
            if (set.members.remove(call.argument(i))) {
                call.store.charge(set, -cost(call.argument(i)));
                removed++;
            }
        }
        if (set != null) {
            call.store.removeIfEmpty(call.argument(1), set);
        }
        call.reply.integer(removed);
    }

    /** Those that have been there longest: the log then needs no more than the command. */
    private static void popMembers(Call call) throws CommandException {
        Members set = call.store.find(call.argument(1), Members.class);
        int count = Math.min(call.countAt(2), set == null ? 0 : set.members.size());
        if (call.count() == 3) {
            call.reply.set(count);
        } else if (count == 0) {
            call.reply.nothing();
        }
        if (count == 0) {
            return;
        }
        Iterator<String> told = set.members.iterator();
        for (int i = 0; i < count; i++) {
            call.reply.string(told.next()); // first: it may be too long, and then nothing is taken
        }
        Iterator<String> members = set.members.iterator();
        for (int i = 0; i < count; i++) {
            call.store.charge(set, -cost(members.next()));
            members.remove();
        }
        call.store.removeIfEmpty(call.argument(1), set);
    }

    private static void setSize(Call call) throws CommandException {
        Members set = call.store.find(call.argument(1), Members.class);
        call.reply.integer(set == null ? 0 : set.members.size());
    }

    private static void isMember(Call call) throws CommandException {
        Members set = call.store.find(call.argument(1), Members.class);
        call.reply.integer(set != null && set.members.contains(call.argument(2)) ? 1 : 0);
    }

    private static void members(Call call) throws CommandException {
        Members set = call.store.find(call.argument(1), Members.class);
        call.reply.set(set == null ? 0 : set.members.size());
        if (set != null) {
            for (String member : set.members) {
                call.reply.string(member);
            }
        }
    }

    private static void setFields(Call call) throws CommandException {
        if (call.count() % 2 != 0) {
            throw new CommandException("ERR the last field has no value");
        }
        Fields hash = call.store.findOrMake(call.argument(1), Fields.class, Fields::new);
        int added = 0;
        for (int i = 2; i < call.count(); i += 2) {
            String value = call.argument(i + 1);
            String old = hash.fields.put(call.argument(i), value);
            if (old == null) {
                added++;
                call.store.charge(hash, cost(call.argument(i)) + value.length());
            } else {
                call.store.charge(hash, (long) value.length() - old.length());
            }
        }
        call.reply.integer(added);
    }

    private static void getField(Call call) throws CommandException {
        Fields hash = call.store.find(call.argument(1), Fields.class);
        call.reply.string(hash == null ? null : hash.fields.get(call.argument(2)));
    }

    private static void deleteFields(Call call) throws CommandException {
        Fields hash = call.store.find(call.argument(1), Fields.class);
        int removed = 0;
        for (int i = 2; hash != null && i < call.count(); i++) {
            String old = hash.fields.remove(call.argument(i));
            if (old != null) {
                call.store.charge(hash, -cost(call.argument(i)) - old.length());
                removed++;
            }
        }
        if (hash != null) {
            call.store.removeIfEmpty(call.argument(1), hash);
        }
        call.reply.integer(removed);
    }

    private static void hashSize(Call call) throws CommandException {
        Fields hash = call.store.find(call.argument(1), Fields.class);
        call.reply.integer(hash == null ? 0 : hash.fields.size());
    }

    private static void fields(Call call) throws CommandException {
        Fields hash = call.store.find(call.argument(1), Fields.class);
        call.reply.map(hash == null ? 0 : hash.fields.size());
        if (hash != null) {
            for (Map.Entry<String, String> field : hash.fields.entrySet()) {
                call.reply.string(field.getKey());
                call.reply.string(field.getValue());
            }
        }
    }
}
