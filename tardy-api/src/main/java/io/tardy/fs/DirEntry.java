package io.tardy.fs;

/**
 * A name in a directory.
 *
 * @param name the last part of its path
 * @param kind what it is; a symbolic link is not followed; {@code UNKNOWN} where the file system
 *     does not say
 */
public record DirEntry(String name, FileKind kind) {}
