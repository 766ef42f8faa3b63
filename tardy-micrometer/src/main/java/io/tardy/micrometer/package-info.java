/**
 * The counters of runtimes as meters of Micrometer: {@code new
 * TardyMetrics(rt.siblings()).bindTo(registry)}; see {@link io.tardy.micrometer.TardyMetrics}.
 */
@NullMarked
package io.tardy.micrometer;

import org.jspecify.annotations.NullMarked;
