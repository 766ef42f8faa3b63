package io.tardy.examples.replica;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a replica must never forget: its term, its vote in that term, and the entries, whose indices
 * begin with 1. Each change is a record of the journal; an entry's record says that no entry
 * follows it yet, and so takes back those that did.
 */
final class Log {

    private static final byte VOTE = 1;
    private static final byte ENTRY = 2;

    private final Journal journal;
    private final List<Entry> entries = new ArrayList<>();
    private long term;
    private int vote;

    /** The log that the records of the journal tell. */
    Log(Journal journal, List<byte[]> records) throws IOException {
        this.journal = journal;
        for (byte[] record : records) {
            read(new DataInputStream(new ByteArrayInputStream(record)));
        }
    }

    private void read(DataInputStream record) throws IOException {
        byte kind = record.readByte();
        switch (kind) {
            case VOTE -> {
                term = record.readLong();
                vote = record.readInt();
            }
            case ENTRY -> {
                long index = record.readLong();
                cut(index);
                entries.add(Entry.readFrom(record));
            }
            default -> throw new IOException("the journal is of another version: kind " + kind);
        }
    }

    private void cut(long index) {
        entries.subList((int) index - 1, entries.size()).clear();
    }

    long term() {
        return term;
    }

    /** Whom it has voted for in this term, or 0. */
    int vote() {
        return vote;
    }

    void vote(long newTerm, int newVote) {
        term = newTerm;
        vote = newVote;
        append(
                out -> {
                    out.writeByte(VOTE);
                    out.writeLong(newTerm);
                    out.writeInt(newVote);
                });
    }

    long lastIndex() {
        return entries.size();
    }

    long lastTerm() {
        return termAt(lastIndex());
    }

    /** The term of the entry there; 0 before the first. */
    long termAt(long index) {
        return index == 0 ? 0 : get(index).term();
    }

    Entry get(long index) {
        return entries.get((int) index - 1);
    }

    boolean has(long index, long itsTerm) {
        return index >= 0 && index <= lastIndex() && termAt(index) == itsTerm;
    }

    /** Those from an index on, or the first of them. */
    List<Entry> from(long index, int countMax) {
        int end = (int) Math.min(lastIndex(), index - 1 + countMax);
        return List.copyOf(entries.subList((int) index - 1, end));
    }

    /**
     * Puts an entry at an index, at most one after the last; what was there and after it is no
     * more.
     */
    void put(long index, Entry entry) {
        cut(index);
        entries.add(entry);
        append(
                out -> {
                    out.writeByte(ENTRY);
                    out.writeLong(index);
                    entry.writeTo(out);
                });
    }

    /** How much disk it takes, in bytes. */
    long bytes() {
        return journal.appendedBytes();
    }

    private interface Record {
        void writeTo(DataOutputStream out) throws IOException;
    }

    private void append(Record record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            record.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("into memory", e);
        }
        journal.append(bytes.toByteArray());
    }
}
