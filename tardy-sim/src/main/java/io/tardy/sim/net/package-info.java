/**
 * The network of a simulation: below the JDK's channel API, what a kernel and a wire do.
 *
 * <p>A {@link io.tardy.sim.net.Node}'s provider makes channels and selectors. A connection has a
 * {@code StreamEnd} at each side and a {@code Flow} in each direction; what goes from node to node
 * takes a {@code Link}.
 */
package io.tardy.sim.net;
