package io.tardy.testsuite;

/** All that every transport promises, in one name. */
interface TransportContract
        extends RuntimeContract,
                FrameContract,
                TaskContract,
                ThreadContract,
                TimerContract,
                DeadlineContract,
                DeadlineBlockContract,
                DeadlineDataContract,
                ScopeContract,
                ScopeTreeContract,
                RaceContract,
                SpscContract,
                PipelineContract,
                TcpContract,
                ConnectionContract,
                AcceptContract,
                DatagramContract,
                FileContract,
                FifoContract,
                FileDeadlineContract,
                SendFileContract,
                OffloadContract,
                DirContract {}
