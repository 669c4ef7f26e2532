// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.device.blk.BlockOp;
import io.virtio4j.device.blk.BlockRequest;
import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.sim.blk.BlkRangeLimits;
import io.virtio4j.sim.blk.BlkRanges;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.hostile.driver.DeviceUnderTest;
import io.virtio4j.sim.hostile.request.Plays;
import io.virtio4j.sim.hostile.request.UsedLength;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** No request can make the block device do what it must not, or stop. */
class SimBlkHostileRequestTest {
    private static final int SECTORS = 64;

    /** Said, and not enforced: a request of more is served as well. */
    private static final int SEGMENTS = 4;

    /** Sectors of a segment are bounded by the disk alone. */
    private static final BlkRangeLimits LIMITS = new BlkRangeLimits(Integer.MAX_VALUE, 4, 8);

    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS
            .withRanges(new BlkRanges(LIMITS, LIMITS, LIMITS))
            .withLimits(SEGMENTS, 0);

    private final List<Throwable> errors = new ArrayList<>();

    /** A disk in memory that wears out. */
    private static final class WornStore implements BlockStore {
        private final MemoryBlockStore delegate = new MemoryBlockStore(SECTORS * 512L);

        @Override
        public long lengthBytes() {
            return delegate.lengthBytes();
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public boolean supports(BlockOp op) {
            return delegate.supports(op);
        }

        @Override
        public Optional<BlockLifetime> lifetime() {
            // Of a storage that tells more than the specification knows.
            return Optional.of(new BlockLifetime(2, 11, 12));
        }

        @Override
        public void submit(BlockRequest request) {
            delegate.submit(request);
        }

        @Override
        public void close() {}
    }

    private DeviceUnderTest party(String name, SimBlkOptions options) {
        return new DeviceUnderTest(
                name, () -> new SimBlk(new WornStore(), options, errors::add), BlkRequestCases::goodRequest);
    }

    @TestFactory
    Stream<DynamicTest> theDeviceAnswersAsTheSpecificationDemands() {
        return Plays.of(party("sim-blk", OPTIONS), BlkRequestCases.all(UsedLength.EXACT));
    }

    @TestFactory
    Stream<DynamicTest> aReadOnlyDeviceChangesNothing() {
        return Plays.of(
                party("sim-blk-read-only", OPTIONS.withReadOnly(true)), BlkRequestCases.readOnly(UsedLength.EXACT));
    }

    /** The store has done all that it was asked: what failed was asked wrongly. */
    @AfterEach
    void nothingIsToldButWhatDriversDoWrong() {
        assertThat(errors)
                .allSatisfy(error -> assertThat(error)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("the driver sent a request"));
    }
}
