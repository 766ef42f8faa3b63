/**
 * Runs programs on Tardy in a simulated world: hosts, a network between them, disks, and time. One
 * seed decides everything that chance decides, so it replays the whole.
 *
 * <p>{@link io.tardy.sim.Sim} is where to begin; {@code docs/simulation.md} is the guide.
 */
@NullMarked
package io.tardy.sim;

import org.jspecify.annotations.NullMarked;
