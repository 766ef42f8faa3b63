package io.tardy.aio;

/**
 * Why making and opening a directory failed ({@code Dir.create}): making it, or opening it then.
 */
public sealed interface CreateDirError extends AsyncError permits MkdirError, OpenError {}
