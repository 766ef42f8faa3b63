/**
 * Where a program starts: {@link io.tardy.Tardy} runs one {@link io.tardy.TardyRuntime} on each of
 * its threads, and a runtime runs {@link io.tardy.Frame}s, which wait in direct style.
 */
package io.tardy;
