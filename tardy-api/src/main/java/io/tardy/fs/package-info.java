/**
 * Files and directories, in direct style: a {@link io.tardy.fs.File} is read and written, a {@link
 * io.tardy.fs.Dir} is what relative paths start from. Where the transport has no operations of
 * files, the runtime's pool of threads does them, and only the frame waits.
 */
package io.tardy.fs;
