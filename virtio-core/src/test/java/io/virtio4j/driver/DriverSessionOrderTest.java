// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.RecordingMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a driver does to shared memory around the transport's registers: letters H and I, the driver's part. The fences of
 * both are the transport's, before it shows the device a status and after it saw one.
 */
@ParameterizedClass
@EnumSource(RingFormat.class)
class DriverSessionOrderTest {
    private static final int SIZE = 4;
    private static final int DATA_BYTES = 8;

    private final RecordingMemory memory = new RecordingMemory(1 << 16, 0x10_0000);
    private final FakeTransport transport = new FakeTransport(memory);
    private final DmaArena arena = new DmaArena(memory);
    private final List<Throwable> errors = new ArrayList<>();
    private final int storesOfARing;
    private final DriverSession session;

    DriverSessionOrderTest(RingFormat format) {
        // The three parts are zeroed when they are carved. Then two stores for each slot, and both event suppression
        // structures; or flags, index and event of both rings.
        storesOfARing = 3 + (format == RingFormat.PACKED ? 2 * SIZE + 2 : 6);
        transport.offered = Features.of(FeatureBits.VERSION_1, FeatureBits.RING_RESET);
        if (format == RingFormat.PACKED) {
            transport.offered = transport.offered.with(FeatureBits.RING_PACKED);
        }
        session = DriverSession.open(
                transport,
                new DriverSpec(FakeTransport.DEVICE_ID, DriverSpec.ALL_RING_FEATURES, transport.offered, List.of()));
        memory.nameBy((offset, lengthBytes) -> "memory");
        transport.onTrace = memory::note;
    }

    private ActiveQueue setUp() {
        return session.setUpQueue(0, SIZE, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
    }

    private ActiveQueue started() {
        ActiveQueue active = setUp();
        session.driverOk();
        active.queue().offer(new BufferChain(1).addReadable(arena.allocate(DATA_BYTES, 8)), 1);
        return active;
    }

    private List<String> settingUp(String... then) {
        List<String> lines = new ArrayList<>(Collections.nCopies(storesOfARing, "store memory"));
        Collections.addAll(lines, then);
        return lines;
    }

    /** H: what the transport fences off at DRIVER_OK is all there by then, and nothing is added without a fence of its own. */
    @Test
    @Clause("CORE-DRV-INIT-SEQUENCE")
    void aRingIsWrittenThenToldOfThenDriverOk() {
        List<String> lines = memory.during(() -> {
            setUp();
            session.driverOk();
        });

        assertThat(lines).isEqualTo(settingUp("activate queue 0", "write status 15"));
    }

    /** I: between the request and the sight of status 0 nothing is touched; then the fence, and only then the buffers. */
    @Test
    @Clause({"CORE-DRV-RESET-WAIT-ZERO", "CORE-DRV-CLEANUP-RESET-FIRST"})
    void aResetIsSeenThenFencedThenTheBuffersAreTakenBack() {
        DriverQueue queue = started().queue();
        transport.looksUntilReset = 2;

        List<String> lines = memory.during(() -> {
            session.reset();
            queue.cancelAll(token -> memory.putLe64(0, 0));
        });

        assertThat(lines).containsExactly("write status 0", "status 0", "RMB", "store memory");
    }

    @Test
    @Clause({"CORE-DRV-VQRESET-VERIFY", "CORE-DRV-VQRESET-RELEASE", "CORE-DRV-VQENABLE-CONFIGURE"})
    void aQueuesResetIsSeenThenFencedThenItsMemoryBecomesARingAgain() {
        DriverQueue queue = started().queue();

        List<String> lines = memory.during(() -> {
            session.resetQueue(0);
            queue.cancelAll(token -> {});
            setUp();
        });

        List<String> expected = new ArrayList<>(List.of("reset queue 0", "queue 0 is reset", "RMB"));
        expected.addAll(settingUp("activate queue 0"));
        assertThat(lines).isEqualTo(expected);
    }

    @Test
    @Clause({"CORE-DRV-CLEANUP-RESET-FIRST", "CORE-DRV-VQRESET-RELEASE"})
    void beforeTheResetIsSeenNothingIsHandedBack() {
        DriverQueue queue = started().queue();
        transport.looksUntilQueueReset = 1;
        List<Long> tokens = new ArrayList<>();
        transport.onStatusLook = () -> assertThatIllegalStateException().isThrownBy(() -> queue.cancelAll(tokens::add));

        List<String> before = memory.during(() -> assertThatIllegalStateException()
                .isThrownBy(() -> queue.cancelAll(tokens::add))
                .withMessageContaining("queue 0")
                .withMessageContaining("in flight: 1"));
        session.resetQueue(0);

        assertThat(before).isEmpty();
        assertThat(tokens).isEmpty();
        assertThat(queue.inFlight()).isEqualTo(1);
        assertThat(queue.cancelAll(tokens::add)).isEqualTo(1);
        assertThat(tokens).containsExactly(1L);
    }

    /** A ring that the device broke is still the device's. */
    @Test
    @Clause("CORE-DRV-CLEANUP-RESET-FIRST")
    void aBrokenQueueIsNoQueueThatWasReset() {
        DriverQueue queue = started().queue();
        queue.breakQueue("a lie");

        assertThatIllegalStateException().isThrownBy(() -> queue.cancelAll(token -> {}));

        session.reset();
        assertThat(queue.cancelAll(token -> {})).isEqualTo(1);
    }
}
