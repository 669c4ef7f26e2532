// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver session between its opening and its end: queues, configuration, reset. */
class DriverSessionLifeTest {
    private final FakeTransport transport = new FakeTransport();
    private final DmaArena arena = new DmaArena(transport.memory);
    private final DriverSession session = open();

    private DriverSession open() {
        return DriverSession.open(
                transport, new DriverSpec(FakeTransport.DEVICE_ID, Features.of(3), Features.NONE, List.of()));
    }

    private ActiveQueue setUpQueue(int index, int size) {
        return session.setUpQueue(index, size, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, error -> {
            throw new AssertionError(error);
        });
    }

    // --- queues ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    @Clause("SPLIT-DRV-ALIGN")
    void thePartsOfARingAreAligned(int size) {
        QueueAddresses addresses = setUpQueue(0, size).queue().config().addresses();

        assertThat(addresses.descriptorArea() % 16).isZero();
        assertThat(addresses.driverArea() % 2).isZero();
        assertThat(addresses.deviceArea() % 4).isZero();
    }

    @Test
    void whatTheDeviceWritesSharesNoCacheLineWithWhatTheDriverWrites() {
        QueueAddresses addresses = setUpQueue(0, 16).queue().config().addresses();

        assertThat(addresses.driverArea() / 128).isGreaterThan((addresses.descriptorArea() + 255) / 128);
        assertThat(addresses.deviceArea() / 128).isGreaterThan((addresses.driverArea() + 37) / 128);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 3", "0, 32", "0, -8", "1, 8"})
    @Clause("SPLIT-QSIZE-POW2")
    void aQueueThatCannotBeIsRefusedAndTakesNoMemory(int index, int size) {
        long free = arena.freeBytes();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> setUpQueue(index, size))
                .withMessageContaining(String.valueOf(size));

        assertThat(arena.freeBytes()).isEqualTo(free);
        assertThat(transport.trace).noneMatch(line -> line.startsWith("activate"));
    }

    @Test
    void aKickGoesToTheQueuesDoorbell() {
        ActiveQueue active = setUpQueue(0, 8);
        session.driverOk();
        active.queue().offer(new BufferChain(1).addReadable(transport.memory.guestAddress(), 1), 1);

        active.queue().kick(active.doorbell());

        assertThat(transport.trace).endsWith("write status 15", "kick 0");
    }

    // --- configuration -----------------------------------------------------------------------------------------

    @Test
    @Clause({"CORE-DRV-CFG-GENERATION-LOOP", "CORE-DRV-CFG-NOT-ATOMIC"})
    void aReadIsBracketedByTheGeneration() {
        transport.trace.clear();

        assertThat(session.readConfig(2, 4)).containsExactly(3, 4, 5, 6);

        assertThat(transport.trace).containsExactly("generation", "read config 2 4", "generation");
    }

    @Test
    @Clause({"CORE-DRV-CFG-GENERATION-LOOP", "CORE-DRV-CFG-NOT-ATOMIC"})
    void aReadIsRepeatedUntilTheGenerationKeepsStill() {
        int[] looks = {0};
        transport.generation = () -> {
            // The fields change between the two looks at the generation of the first three reads.
            looks[0]++;
            transport.config[2] = (byte) (looks[0] <= 6 ? 100 + looks[0] : 42);
            return looks[0] <= 6 ? looks[0] : 7;
        };
        transport.trace.clear();

        assertThat(session.readConfig(2, 1)).containsExactly(42);

        assertThat(transport.trace)
                .filteredOn(line -> line.startsWith("read config"))
                .hasSize(4);
    }

    @Test
    @Clause({"CORE-DRV-CFG-CHECK-FEATURE", "CORE-DRV-CFG-GENERATION-LOOP"})
    void partsAreOfOneGenerationAndNothingBetweenThemIsTouched() {
        int[] looks = {0};
        // Another one behind the first read.
        transport.generation = () -> Math.min(++looks[0], 2);
        transport.trace.clear();

        assertThat(session.readConfigParts(0, 2, 4, 5)).isDeepEqualTo(new byte[][] {{1, 2}, {5}});

        List<String> once = List.of("generation", "read config 0 2", "read config 4 1", "generation");
        assertThat(transport.trace)
                .containsExactlyElementsOf(
                        Stream.concat(once.stream(), once.stream()).toList());
        assertThatThrownBy(() -> session.readConfigParts()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> session.readConfigParts(0, 2, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> session.readConfigParts(4, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aConfigurationThatNeverKeepsStillIsAnErrorAndNoHang() {
        int[] looks = {0};
        transport.generation = () -> looks[0]++;

        assertThatThrownBy(() -> session.readConfig(0, 4))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("changed during each of");
    }

    @Test
    @Clause("CORE-DRV-CFG-MIN-SIZE-CHECK")
    void aConfigurationShorterThanItSaidIsTheDevicesFaultAndNotTheReaders() {
        transport.configReader = (destination, offset) -> {
            throw new IndexOutOfBoundsException("not so long any more");
        };

        assertThatThrownBy(() -> session.readConfig(0, 4))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("4 bytes at offset 0");
        assertThatThrownBy(() -> session.readConfig(-1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aDeviceThatTakesItsQueueSizeBackIsHeldToItsWordUntilItIsReset() {
        int[] looks = {0};
        transport.queueSize = () -> looks[0]++ == 0 ? 16 : 2;

        assertThat(session.maxQueueSize(0)).isEqualTo(16);
        assertThat(setUpQueue(0, 16).queue().config().size()).isEqualTo(16);
        assertThat(session.maxQueueSize(0)).isEqualTo(16);

        session.reset();
        assertThat(session.maxQueueSize(0)).isEqualTo(2);
    }

    @Test
    @Clause("CORE-DRV-INIT-FAILED")
    void whatGoesWrongDuringSetUpEndsInFailedOnce() {
        IllegalStateException cause = new IllegalStateException("no memory for the queue");

        session.giveUp(cause);
        session.giveUp(cause);

        assertThat(transport.trace).filteredOn("write status 139"::equals).hasSize(1);
        assertThat(cause).hasNoSuppressedExceptions();
    }

    @Test
    void aDeviceThatWasResetIsNotGivenUpAnyMore() {
        session.reset();
        session.giveUp(new IllegalStateException("too late"));

        assertThat(transport.trace).endsWith("status 0");
    }

    // --- reset -------------------------------------------------------------------------------------------------

    @Test
    @Clause("CORE-DRV-RESET-WAIT-ZERO")
    void aSlowResetIsWaitedFor() {
        transport.looksUntilReset = 50;
        transport.trace.clear();

        session.reset();

        assertThat(transport.trace).containsExactly("write status 0", "status 0");
    }

    @Test
    @Clause("CORE-DRV-RESET-WAIT-ZERO")
    void openingWaitsForTheResetBeforeItGoesOn() {
        transport.looksUntilReset = 50;
        transport.trace.clear();

        open();

        assertThat(transport.trace).startsWith("write status 0", "status 0", "write status 1");
    }

    @Test
    @Clause({"CORE-DRV-CLEANUP-RESET-FIRST"})
    void theMemoryOfTheRingsIsGivenBackAfterTheResetOnly() {
        long free = arena.freeBytes();
        setUpQueue(0, 8);
        session.driverOk();
        List<Long> freeAtLook = new ArrayList<>();
        transport.onStatusLook = () -> freeAtLook.add(arena.freeBytes());

        session.close();

        assertThat(freeAtLook).isNotEmpty().allMatch(bytes -> bytes < free);
        assertThat(arena.freeBytes()).isEqualTo(free);
    }

    @Test
    void aDeviceThatNeedsResetIsSeen() {
        session.driverOk();
        assertThat(session.needsReset()).isFalse();

        transport.show(15 | 64);

        assertThat(session.needsReset()).isTrue();
    }

    @Test
    @Clause("CORE-DRV-INIT-STOP-ON-FAILURE")
    void aDeviceThatWasGivenUpCannotBeMadeToRun() {
        session.giveUp("no use for it");

        assertThatIllegalStateException().isThrownBy(session::driverOk).withMessageContaining("139");

        assertThat(transport.trace).endsWith("write status 139");
    }

    @Test
    void aDeviceThatWasResetCannotBeMadeToRunWithoutBeingOpenedAgain() {
        session.reset();
        transport.trace.clear();

        assertThatIllegalStateException().isThrownBy(session::driverOk);
        assertThatIllegalStateException().isThrownBy(() -> setUpQueue(0, 8));

        assertThat(transport.trace).isEmpty();
    }

    @Test
    void aRunningDeviceGetsNoMoreQueues() {
        session.driverOk();
        transport.trace.clear();

        assertThatIllegalStateException().isThrownBy(() -> setUpQueue(0, 8)).withMessageContaining("15");

        assertThat(transport.trace).isEmpty();
    }

    @Test
    void aQueueOfADeviceThatWasResetLeavesTheRingAlone() {
        DriverQueue queue = setUpQueue(0, 8).queue();
        session.driverOk();
        BufferChain chain = new BufferChain(1).addReadable(transport.memory.guestAddress(), 1);
        queue.add(chain, 1);
        session.reset();
        byte[] before = new byte[1 << 16];
        transport.memory.getBytes(0, before, 0, before.length);

        assertThat(queue.offer(chain, 2)).isEqualTo(DriverQueue.BROKEN);
        queue.publish();
        queue.enableCallbacks();
        queue.disableCallbacks();
        assertThat(queue.poll((token, written) -> {}, 1)).isEqualTo(DriverQueue.BROKEN);

        byte[] after = new byte[1 << 16];
        transport.memory.getBytes(0, after, 0, after.length);
        assertThat(after).isEqualTo(before);
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void theBuffersOfADeviceThatWasResetCanBeTakenBack() {
        DriverQueue queue = setUpQueue(0, 8).queue();
        session.driverOk();
        queue.offer(new BufferChain(1).addReadable(transport.memory.guestAddress(), 1), 7);
        List<Long> tokens = new ArrayList<>();

        session.reset();
        queue.cancelAll(tokens::add);

        assertThat(tokens).containsExactly(7L);
    }

    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aTransportThatTakesNoStatusAnyMoreAndShowsZeroHasBeenReset() {
        DriverQueue queue = setUpQueue(0, 8).queue();
        session.driverOk();
        queue.offer(new BufferChain(1).addReadable(transport.memory.guestAddress(), 1), 7);
        transport.show(0);
        transport.failsAt.add("write status 0");

        session.close();

        assertThat(queue.cancelAll(token -> {})).isEqualTo(1);
    }

    @Test
    void aTransportThatTakesNoStatusAnyMoreAndShowsAnotherOneFailsTheReset() {
        DriverQueue queue = setUpQueue(0, 8).queue();
        session.driverOk();
        transport.failsAt.add("write status 0");

        assertThatThrownBy(session::close).isInstanceOf(TransportException.class);
        assertThatIllegalStateException().isThrownBy(() -> queue.cancelAll(token -> {}));
    }

    @Test
    void aResetThatNeverEndsIsAnErrorWithinItsBound() {
        transport.looksUntilReset = Integer.MAX_VALUE;
        DriverSpec spec = new DriverSpec(FakeTransport.DEVICE_ID, Features.NONE, Features.NONE, List.of());

        assertThatThrownBy(() -> DriverSession.open(transport, spec, TimeUnit.MILLISECONDS.toNanos(20)))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("status 127")
                .hasMessageContaining("20 ms");

        assertThat(transport.trace).endsWith("write status 0");
    }

    @Test
    void theRingsOfAResetThatNeverEndedStayAllocated() {
        DriverSpec spec = new DriverSpec(FakeTransport.DEVICE_ID, Features.NONE, Features.NONE, List.of());
        DriverSession bounded = DriverSession.open(transport, spec, TimeUnit.MILLISECONDS.toNanos(20));
        bounded.setUpQueue(0, 8, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, Throwable::printStackTrace);
        long free = arena.freeBytes();
        transport.looksUntilReset = Integer.MAX_VALUE;

        assertThatThrownBy(bounded::close).isInstanceOf(TransportException.class);

        assertThat(arena.freeBytes()).isEqualTo(free);
    }
}
