package io.tardy.testsuite;

/** All that every transport promises, in one name. */
interface TransportContract
        extends RuntimeContract,
                ThreadContract,
                TimerContract,
                DeadlineContract,
                ScopeContract,
                SpscContract,
                GroupContract,
                TcpContract,
                DatagramContract,
                FileContract,
                DirContract {}
