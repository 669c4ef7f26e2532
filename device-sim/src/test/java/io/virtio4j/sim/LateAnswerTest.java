// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that answers a register write after the driver has given up waiting. */
final class LateAnswerTest {
    private static final long ANSWER_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final List<Throwable> errors = new ArrayList<>();
    private final EchoDevice device = new EchoDevice();
    private final InProcessTransport transport = InProcessTransport.forAgent(
            device, GuestMemory.of(memory), new ControlBlock(), ANSWER_TIMEOUT_NANOS, errors::add);
    private final Agent agent = transport.agent();
    private DriverSession session;
    private ActiveQueue active;

    /** Comes up with a device that answers. From then on nobody runs the agent but the test. */
    @BeforeEach
    void open() {
        Features ring = Features.of(FeatureBits.RING_RESET);
        AgentRunner runner = new AgentRunner(new YieldingIdleStrategy(), errors::add, null, new Agent() {
            @Override
            public void onStart() {
                agent.onStart();
            }

            @Override
            public int doWork() throws Exception {
                return agent.doWork();
            }

            @Override
            public String roleName() {
                return agent.roleName();
            }
        });
        AgentRunner.startOnThread(runner);
        session = DriverSession.open(transport, new DriverSpec(EchoDevice.ID, ring, ring, List.of()));
        active = session.setUpQueue(1, 16, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();
        runner.close();
    }

    @AfterEach
    void nothingWentWrong() {
        assertThat(errors).isEmpty();
    }

    private static void assertNotAnswered(Runnable write) {
        assertThatThrownBy(write::run).isInstanceOf(TransportException.class).hasMessageContaining("has not answered");
    }

    /** The device's thread gets its turn while the driver's waits for it. */
    private void answeringLate(Runnable write) {
        Thread late = new Thread(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    agent.doWork();
                    Thread.onSpinWait();
                }
            } catch (Exception e) {
                errors.add(e);
            }
        });
        late.start();
        try {
            write.run();
        } finally {
            late.interrupt();
            join(late);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theNextWriteWaitsForItAndNeitherIsLost() {
        assertNotAnswered(() -> transport.writeConfig(0, new byte[] {1}));
        assertNotAnswered(() -> transport.writeConfig(1, new byte[] {2}));
        byte[] config = new byte[3];

        answeringLate(() -> transport.writeConfig(2, new byte[] {3}));

        transport.readConfig(0, config);
        // The second was refused, with the first still unanswered.
        assertThat(config).containsExactly(1, 0, 3);
    }

    @Test
    void aRefusalNamesBothWrites() {
        assertNotAnswered(() -> transport.writeConfig(0, new byte[] {1}));
        assertThatThrownBy(() -> transport.writeStatus(0))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("write status 0")
                .hasMessageContaining("write configuration");
    }

    @Test
    void itsAnswerIsNotTakenForTheNextOnes() {
        assertNotAnswered(() -> transport.stopQueue(1));
        QueueConfig config = active.queue().config();

        // Yes, it stands still now; which is no answer to whether it is reset.
        answeringLate(() -> assertThat(transport.isQueueReset(1)).isFalse());

        answeringLate(() -> assertThat(transport.stopQueue(1).size()).isEqualTo(config.size()));
        assertThat(session.needsReset()).isFalse();
    }
}
