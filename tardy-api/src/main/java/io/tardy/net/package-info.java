/** Sockets, in direct style. */
package io.tardy.net;
