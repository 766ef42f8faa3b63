package io.tardy.aio;

/**
 * Why deleting a tree failed ({@code Dir.deleteTree}): the error of the step that failed, of which
 * the exception's operation is the name.
 */
public sealed interface DeleteTreeError extends AsyncError
        permits StatError, OpenError, ReadError, DeleteError {}
