package io.tardy.testsuite;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A contract, or one of its tests, makes no sense in a simulation. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface NotSimulated {

    String BLOCKS =
            "its offloaded calls block until somebody lets them go on, and there is one thread";
    String CLOCK = "its clock or its order of frames is the test's";
    String ENTRY = "Tardy.entry blocks a thread of no runtime, and here all threads are simulated";
    String FAST = "a simulation switches Netty's fast thread locals off";
    String FIFO = "the simulated file system has no FIFOs";
    String FILES = "the JDK prepares its files or looks at them";
    String LIMIT = "it limits what the process may have";
    String MULTICAST = "the simulated network has no multicast";
    String OUTSIDE =
            "it is about threads outside of any runtime, and the test is itself in a frame";
    String PEERS = "its peers are sockets of the JDK";
    String LINGER = "a thread of the JDK waits in a close that lingers";
    String ORDER = "it promises the order of frames, which the seed decides here";
    String PROCESSES = "a simulation starts no processes";
    String QUIET = "a quiet period is a sleep of Netty's in real time, and here there is none";
    String REAL = "it waits by real time";
    String RESTART = "a simulated host has no process before or behind it";
    String SIGNALS = "the JVM's own handlers get the signals of the process only";
    String THREADS = "threads of the JDK work with the runtime";
    String UNIXDGRAM = "the simulated network has no datagrams of the Unix domain";

    /** Why. */
    String value();
}
