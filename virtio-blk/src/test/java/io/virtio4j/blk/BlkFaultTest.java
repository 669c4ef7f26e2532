// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.step.StepPlan;
import io.virtio4j.sim.step.SteppedTransport;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes wrong around a driver: no memory, a store that does not come back, a transport that is closed under it, callers that throw. */
final class BlkFaultTest {
    private static final int DISK_BYTES = 1 << 16;
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<Throwable> errors = new ArrayList<>();

    private SteppedTransport stepped(SharedMemory memory) {
        SimBlk disk = new SimBlk(new MemoryBlockStore(DISK_BYTES), SimBlkOptions.DEFAULTS, errors::add);
        return SteppedTransport.of(disk, GuestMemory.of(memory), StepPlan.prompt(1), errors::add);
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void anArenaThatIsTooSmallLeavesNothingBehindAndALargerOneWorks() {
        int opened = 0;
        int refused = 0;
        for (int lengthBytes = 512; opened < 3; lengthBytes += 512) {
            SharedMemory memory = SharedMemory.allocate(lengthBytes, 0x4000_0000);
            DmaArena arena = new DmaArena(memory);
            SteppedTransport transport = stepped(memory);
            BlkOptions options = BlkOptions.defaults(errors::add)
                    .withIdle(transport.idleStrategy())
                    .withQueueSize(16);
            try (BlkDevice device = BlkDevice.open(transport, arena, options)) {
                assertThat(device.id()).isEqualTo("virtio4j");
                opened++;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("are free");
                refused++;
            }
            assertThat(transport.status() & DeviceStatus.DRIVER_OK).isZero();
            assertThat(arena.freeBytes()).as("of %s bytes", lengthBytes).isEqualTo(lengthBytes);
        }
        assertThat(refused).as("arenas that were too small").isGreaterThan(2);
        assertThat(errors).isEmpty();
    }

    @Test
    void aHandlerThatThrowsLosesNoOutcomeButItsOwn() {
        SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
        DmaArena arena = new DmaArena(memory);
        SteppedTransport transport = stepped(memory);
        BlkDevice device = BlkDevice.open(
                transport, arena, BlkOptions.defaults(errors::add).withIdle(transport.idleStrategy()));
        DmaBuffer buffer = arena.allocate(512, 512);
        for (int i = 0; i < 5; i++) {
            assertThat(device.submitRead(i, new BlkData().add(buffer), i)).isEqualTo(BlkDevice.SUBMITTED);
        }
        List<Long> told = new ArrayList<>();
        BlkHandler throwing = (token, status) -> {
            assertThat(status).isEqualTo(BlkStatus.OK);
            told.add(token);
            throw new IllegalStateException("the caller's mistake");
        };

        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> device.await(throwing)).hasMessage("the caller's mistake");
        }

        assertThat(told).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
        assertThat(buffer.isPinned()).isFalse();
        device.read(0, buffer);
        device.close();
        buffer.free();
        assertThat(arena.freeBytes()).isEqualTo(memory.lengthBytes());
        assertThat(errors).isEmpty();
    }

    @Test
    void anErrorHandlerThatThrowsDoesNotKeepTheDriverFromClosing() {
        SharedMemory memory = SharedMemory.allocate(1 << 20, 0x4000_0000);
        DmaArena arena = new DmaArena(memory);
        SteppedTransport transport = stepped(memory);
        BlkOptions options = BlkOptions.defaults(error -> {
                    throw new IllegalStateException("the caller's mistake");
                })
                .withIdle(transport.idleStrategy())
                .withTimeoutNanos(SHORT_NANOS);
        BlkDevice device = BlkDevice.open(transport, arena, options);
        DmaBuffer buffer = arena.allocate(512, 512);
        transport.stall();

        assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(RuntimeException.class);
        transport.resume();
        device.close();

        buffer.free();
        assertThat(arena.freeBytes()).isEqualTo(memory.lengthBytes());
    }

    /** The device's thread is stuck in the store: time-outs are the driver's, and nothing is given back before the store is done. */
    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aStoreThatHoldsTheDevicesThreadCostsTimeAndNothingElse() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        HookedStore store = new HookedStore(new MemoryBlockStore(DISK_BYTES));
        store.hook = request -> {
            stuck.countDown();
            awaitQuietly(letGo);
            return false;
        };
        try (Rig rig = Rig.of(tell -> new SimBlk(store, SimBlkOptions.DEFAULTS, tell))) {
            BlkDevice device = rig.open(rig.options().withTimeoutNanos(SHORT_NANOS));
            DmaBuffer buffer = rig.buffer(512);
            assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkTimeoutException.class);
            assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(buffer.isPinned()).isTrue();

            Thread later = new Thread(letGo::countDown);
            later.start();
            device.close();

            later.join();
            assertThat(buffer.isPinned()).isFalse();
            buffer.free();
            assertThat(rig.arena.freeBytes()).isEqualTo(rig.memory.lengthBytes());
            try (BlkDevice again = rig.open()) {
                assertThat(again.id()).isEqualTo("virtio4j");
            }
            assertThat(rig.deviceErrors).isEmpty();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aTransportThatIsClosedUnderRequestsInFlightEndsEveryWaitAndKeepsNothing() {
        HookedStore silent = new HookedStore(new MemoryBlockStore(DISK_BYTES));
        silent.hook = request -> true;
        Rig rig = Rig.of(tell -> new SimBlk(silent, SimBlkOptions.DEFAULTS, tell));
        BlkDevice device = rig.open(rig.options().withTimeoutNanos(TimeUnit.SECONDS.toNanos(20)));
        DmaBuffer buffer = rig.buffer(512);
        for (int i = 0; i < 5; i++) {
            assertThat(device.submitRead(i, new BlkData().add(buffer), i)).isEqualTo(BlkDevice.SUBMITTED);
        }

        rig.transport.close();

        assertThatThrownBy(() -> device.read(0, buffer)).isInstanceOf(BlkDeviceException.class);
        List<String> last = new ArrayList<>();
        device.close((token, status) -> last.add(token + ":" + status));
        assertThat(last).hasSize(5).allMatch(outcome -> outcome.endsWith(":" + BlkDevice.CANCELLED));
        buffer.free();
        assertThat(rig.arena.freeBytes()).isEqualTo(rig.memory.lengthBytes());
    }
}
