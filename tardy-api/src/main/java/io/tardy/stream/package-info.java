/** Bytes from one place to another, whatever the two are. */
package io.tardy.stream;
