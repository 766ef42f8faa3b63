package io.tardy.testsuite;

/** All that every transport promises, in one name. */
interface TransportContract
        extends RuntimeContract,
                ThreadContract,
                TimerContract,
                DeadlineContract,
                ScopeContract,
                SpscContract,
                TcpContract,
                DatagramContract,
                FileContract,
                FifoContract,
                FileDeadlineContract,
                SendFileContract,
                OffloadContract,
                DirContract {}
