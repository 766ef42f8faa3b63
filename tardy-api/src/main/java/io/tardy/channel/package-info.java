/** Channels that carry messages from one frame to another. */
package io.tardy.channel;
