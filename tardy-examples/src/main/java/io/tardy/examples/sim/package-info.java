/** Whole systems for the simulator: what they do, and what must hold whatever goes wrong. */
package io.tardy.examples.sim;
