// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.junit.jupiter.api.Test;

/** A device as an agent of its user's. */
final class DeviceAgentTest {
    private static final DriverSpec SPEC =
            new DriverSpec(EchoDevice.ID, DriverSpec.RING_FEATURES, Features.NONE, List.of());

    private final SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
    private final DmaArena arena = new DmaArena(memory);
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final UsedBufferSignal signal = new UsedBufferSignal();
    private final DmaBuffer request = arena.allocate(64, 64);
    private final DmaBuffer response = arena.allocate(64, 64);
    private final EchoDevice device = new EchoDevice();
    private final InProcessTransport transport =
            InProcessTransport.forAgent(device, GuestMemory.of(memory), errors::add);
    private long lastToken = -1;

    private ActiveQueue open() {
        DriverSession session = DriverSession.open(transport, SPEC);
        ActiveQueue active = session.setUpQueue(0, 16, arena, BarrierPolicy.OPTIMIZED, signal, errors::add);
        session.driverOk();
        return active;
    }

    private BufferChain chain(int firstByte) {
        memory.putByte(request.offset(), firstByte);
        return new BufferChain(2).addReadable(request).addWritable(response);
    }

    @Test
    void anInvokerServesTheDeviceOnTheDriversThread() {
        AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        ActiveQueue active = open();
        active.queue().offer(chain(1), 7);
        assertThat(active.queue().poll((token, written) -> lastToken = token, 1))
                .isZero();

        invoker.invoke();

        assertThat(active.queue().poll((token, written) -> lastToken = token, 1))
                .isEqualTo(1);
        assertThat(lastToken).isEqualTo(7);
        transport.close();
        invoker.close();
        assertThat(transport.status()).isZero();
        assertThat(errors).isEmpty();
    }

    @Test
    void aRunnerServesItWithAnIdleStrategyOfTheUsers() {
        AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, transport.agent());
        AgentRunner.startOnThread(runner);
        ActiveQueue active = open();
        for (int round = 0; round < 100; round++) {
            active.queue().offer(chain(1), round);
            assertThat(active.queue().kick(active.doorbell())).isFalse();
            assertThat(active.queue()
                            .awaitUsed((token, written) -> lastToken = token, 1, signal, TimeUnit.SECONDS.toNanos(60)))
                    .isEqualTo(1);
            assertThat(lastToken).isEqualTo(round);
        }
        transport.close();
        runner.close();
        assertThat(errors).isEmpty();
    }

    @Test
    void anAgentThatIsClosedUnderARunningDriverShowsIt() {
        AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, transport.agent());
        AgentRunner.startOnThread(runner);
        ActiveQueue active = open();

        runner.close();

        assertThat(transport.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
        assertThat(active.queue().awaitUsed((token, written) -> {}, 1, signal, TimeUnit.SECONDS.toNanos(60)))
                .isEqualTo(DriverQueue.BROKEN);
    }

    @Test
    void aDeviceThatDiesInARegisterWriteFailsIt() {
        AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        ActiveQueue active = open();
        active.queue().offer(chain(EchoDevice.POISON_ERROR), 1);

        assertThatThrownBy(() -> transport.writeConfig(0, new byte[1]))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("has died");

        assertThatThrownBy(() -> transport.writeConfig(0, new byte[1]))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("has ended");
    }

    @Test
    void aDeviceWithAThreadOfItsOwnIsNobodysAgent() {
        try (InProcessTransport own =
                InProcessTransport.start(new EchoDevice(), GuestMemory.of(memory), DeviceIdle.NOTIFIED, errors::add)) {
            assertThatIllegalStateException().isThrownBy(own::agent);
        }
    }

    @Test
    void closingTheTransportOfAnAgentUnderASessionWakesTheDriver() throws InterruptedException {
        AgentRunner runner = new AgentRunner(new BackoffIdleStrategy(), errors::add, null, transport.agent());
        AgentRunner.startOnThread(runner);
        ActiveQueue active = open();
        AtomicInteger taken = new AtomicInteger();
        Thread driver = new Thread(() ->
                taken.set(active.queue().awaitUsed((token, written) -> {}, 1, signal, TimeUnit.SECONDS.toNanos(60))));
        driver.start();
        while (driver.getState() != Thread.State.TIMED_WAITING && driver.isAlive()) {
            Thread.onSpinWait();
        }

        transport.close();
        driver.join(TimeUnit.SECONDS.toMillis(30));

        assertThat(taken).hasValue(DriverQueue.BROKEN);
        runner.close();
    }

    private int await(ActiveQueue active, long timeoutNanos) {
        return active.queue().awaitUsed((token, written) -> lastToken = token, 1, signal, timeoutNanos);
    }

    @Test
    void aDriverThatSleepsOnTheAgentsOwnThreadIsServedMeanwhile() {
        AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        ActiveQueue active = open();
        for (int round = 0; round < 100; round++) {
            active.queue().offer(chain(1), round);
            active.queue().kick(active.doorbell());
            assertThat(await(active, TimeUnit.SECONDS.toNanos(60))).isEqualTo(1);
            assertThat(lastToken).isEqualTo(round);
        }
        // Bounded as ever, where nothing comes back.
        assertThat(await(active, TimeUnit.MILLISECONDS.toNanos(20))).isZero();
        assertThat(errors).isEmpty();
    }

    @Test
    void aDeviceThatDiesInTheDriversSleepEndsItAndItsAgent() {
        AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        ActiveQueue active = open();
        active.queue().offer(chain(EchoDevice.POISON_ERROR), 1);

        assertThat(await(active, TimeUnit.SECONDS.toNanos(60))).isEqualTo(DriverQueue.BROKEN);

        assertThat(transport.status() & DeviceStatus.DEVICE_NEEDS_RESET).isNotZero();
        assertThat(errors).hasSize(1);
        invoker.invoke();
        assertThat(invoker.isRunning()).isFalse();
    }

    @Test
    void aSleeperThatDoesNotRunTheAgentLeavesItAlone() throws InterruptedException {
        AgentInvoker invoker = new AgentInvoker(errors::add, null, transport.agent());
        invoker.start();
        ActiveQueue active = open();
        Thread other = new Thread(invoker::invoke);
        other.start();
        other.join();
        device.servedBy.clear();
        active.queue().offer(chain(1), 5);

        assertThat(await(active, TimeUnit.MILLISECONDS.toNanos(20))).isZero();

        assertThat(device.servedBy).isEmpty();
        Thread again = new Thread(invoker::invoke);
        again.start();
        assertThat(await(active, TimeUnit.SECONDS.toNanos(60))).isEqualTo(1);
        assertThat(device.servedBy).containsExactly(again);
        again.join();
        assertThat(errors).isEmpty();
    }
}
