package io.tardy.testsuite;

/** All that every transport promises, in one name. */
interface TransportContract
        extends RuntimeContract,
                ThreadContract,
                TimerContract,
                DeadlineContract,
                ScopeContract,
                SpscContract,
                PipelineContract,
                TcpContract,
                DatagramContract,
                FileContract,
                DirContract {}
