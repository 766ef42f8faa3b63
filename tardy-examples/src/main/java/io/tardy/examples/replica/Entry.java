package io.tardy.examples.replica;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What the replicas agree on, one after the other: a write, or nothing, with which each leader
 * begins its term.
 *
 * @param term of the leader that made it
 * @param client who asked for it; 0 for nothing
 * @param sequence the client's number of it, which tells a write from its repetition
 * @param key what is written to
 * @param value what is written
 */
public record Entry(long term, long client, long sequence, String key, String value) {

    static Entry nothing(long term) {
        return new Entry(term, 0, 0, "", "");
    }

    boolean isNothing() {
        return client == 0;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(term);
        out.writeLong(client);
        out.writeLong(sequence);
        out.writeUTF(key);
        out.writeUTF(value);
    }

    static Entry readFrom(DataInput in) throws IOException {
        return new Entry(in.readLong(), in.readLong(), in.readLong(), in.readUTF(), in.readUTF());
    }
}
