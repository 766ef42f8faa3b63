package io.tardy.examples.replica;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** What replicas and clients say to each other: a byte for the kind, then the parts in order. */
sealed interface Message {

    /** An entry takes at most 24 bytes and two texts of 64 KiB: see {@code writeUTF}. */
    int APPEND_ENTRIES_MAX = 16;

    /** The most bytes of a message: enough for an {@link Append}. */
    int BYTES_MAX = 4 << 20;

    /** "Vote for me": a candidate, with the end of its log (RequestVote of the paper). */
    record Vote(int candidate, long term, long lastIndex, long lastTerm) implements Message {}

    /** The answer to {@link Vote}. */
    record Voted(long term, boolean isGranted) implements Message {}

    /**
     * "This follows in the log": a leader, with the entry before as the place (AppendEntries).
     * Without entries it says that the leader is alive.
     *
     * @param commit up to where the leader knows that a majority has the log
     */
    record Append(
            int leader,
            long term,
            long previousIndex,
            long previousTerm,
            long commit,
            List<Entry> entries)
            implements Message {}

    /**
     * The answer to {@link Append}.
     *
     * @param index if it matches, up to where the logs are the same; else where they may be
     */
    record Appended(long term, boolean isMatch, long index) implements Message {}

    /** A client writes. It repeats the sequence, not the write, where it asks again. */
    record Put(long client, long sequence, String key, String value) implements Message {}

    /** A client reads. */
    record Get(String key) implements Message {}

    /**
     * The answer to a client.
     *
     * @param leader who may know better, or 0
     * @param value what was read, or null if nothing was written; null for a write
     */
    record Answer(Outcome outcome, int leader, String value) implements Message {}

    /** How a client's request ended. */
    enum Outcome {
        /** It is done, and no crash can undo it. */
        DONE,
        /** Only the leader answers. A write may yet happen. */
        NOT_LEADER,
        /** It took too long. A write may yet happen. */
        LATE,
        /** There is no room for another write, and never will be. */
        FULL
    }

    /** Its bytes. */
    static byte[] encode(Message message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        switch (message) {
            case Vote vote -> {
                out.writeByte(1);
                out.writeInt(vote.candidate);
                out.writeLong(vote.term);
                out.writeLong(vote.lastIndex);
                out.writeLong(vote.lastTerm);
            }
            case Voted voted -> {
                out.writeByte(2);
                out.writeLong(voted.term);
                out.writeBoolean(voted.isGranted);
            }
            case Append append -> {
                out.writeByte(3);
                out.writeInt(append.leader);
                out.writeLong(append.term);
                out.writeLong(append.previousIndex);
                out.writeLong(append.previousTerm);
                out.writeLong(append.commit);
                out.writeInt(append.entries.size());
                for (Entry entry : append.entries) {
                    entry.writeTo(out);
                }
            }
            case Appended appended -> {
                out.writeByte(4);
                out.writeLong(appended.term);
                out.writeBoolean(appended.isMatch);
                out.writeLong(appended.index);
            }
            case Put put -> {
                out.writeByte(5);
                out.writeLong(put.client);
                out.writeLong(put.sequence);
                out.writeUTF(put.key);
                out.writeUTF(put.value);
            }
            case Get get -> {
                out.writeByte(6);
                out.writeUTF(get.key);
            }
            case Answer answer -> {
                out.writeByte(7);
                out.writeByte(answer.outcome.ordinal());
                out.writeInt(answer.leader);
                out.writeBoolean(answer.value != null);
                out.writeUTF(answer.value == null ? "" : answer.value);
            }
        }
        return bytes.toByteArray();
    }

    /**
     * The message of these bytes.
     *
     * @throws IOException if they are none
     */
    static Message decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int kind = in.readByte();
        return switch (kind) {
            case 1 -> new Vote(in.readInt(), in.readLong(), in.readLong(), in.readLong());
            case 2 -> new Voted(in.readLong(), in.readBoolean());
            case 3 ->
                    new Append(
                            in.readInt(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            in.readLong(),
                            decodeEntries(in));
            case 4 -> new Appended(in.readLong(), in.readBoolean(), in.readLong());
            case 5 -> new Put(in.readLong(), in.readLong(), in.readUTF(), in.readUTF());
            case 6 -> new Get(in.readUTF());
            case 7 -> decodeAnswer(in);
            default -> throw new ProtocolException("kind " + kind + " is no message's");
        };
    }

    private static List<Entry> decodeEntries(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > APPEND_ENTRIES_MAX) {
            throw new ProtocolException(count + " entries are none, or too many");
        }
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(Entry.readFrom(in));
        }
        return entries;
    }

    private static Answer decodeAnswer(DataInputStream in) throws IOException {
        int outcome = in.readByte();
        Outcome[] outcomes = Outcome.values();
        if (outcome < 0 || outcome >= outcomes.length) {
            throw new ProtocolException(outcome + " is no outcome");
        }
        int leader = in.readInt();
        boolean hasValue = in.readBoolean();
        String value = in.readUTF();
        return new Answer(outcomes[outcome], leader, hasValue ? value : null);
    }
}
