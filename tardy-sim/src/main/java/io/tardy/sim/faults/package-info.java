/** What goes wrong in a simulated world, and how often. */
@NullMarked
package io.tardy.sim.faults;

import org.jspecify.annotations.NullMarked;
