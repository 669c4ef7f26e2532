// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
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

        assertThat(transport.trace).filteredOn(line -> line.startsWith("read config")).hasSize(4);
    }

    @Test
    void aConfigurationThatNeverKeepsStillIsAnErrorAndNoHang() {
        int[] looks = {0};
        transport.generation = () -> looks[0]++;

        assertThatThrownBy(() -> session.readConfig(0, 4))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining("changed during each of");
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
}
