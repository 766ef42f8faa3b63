package io.tardy.testsuite;

/** All that every transport promises, in one name. */
interface TransportContract
        extends RuntimeContract,
                ThreadContract,
                TimerContract,
                SpscContract,
                TcpContract,
                DatagramContract,
                FileContract,
                DirContract {}
