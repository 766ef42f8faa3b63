/**
 * Hosts by their names: their addresses, and which of them to talk to. Not exported: {@code
 * io.tardy.net} and {@code io.tardy.netty} connect with it.
 */
package io.tardy.host;
