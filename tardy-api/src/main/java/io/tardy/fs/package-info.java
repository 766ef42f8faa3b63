/** Files and directories, in direct style. */
package io.tardy.fs;
