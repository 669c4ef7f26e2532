// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.sim.blk.BlkRig.Answer;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** How worn the storage is, as far as it knows. */
final class SimBlkLifetimeTest {
    private static final byte[] NO_DATA = {};
    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE);

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final PlainStore store = new PlainStore(64 * 512);

    private BlkRig rig(boolean packed) {
        SimBlk device = new SimBlk(store, OPTIONS, errors::add);
        return new BlkRig(device, BlkRig.everything(device, packed));
    }

    private static ByteBuffer data(Answer answer) {
        assertThat(answer.status()).isEqualTo(BlkStatus.OK);
        assertThat(answer.data()).hasSize(6);
        assertThat(answer.usedBytes()).isEqualTo(7);
        return ByteBuffer.wrap(answer.data()).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Property(tries = 30)
    @Clause({"BLK-DEV-LIFETIME-FORMAT", "BLK-DEV-LIFETIME-OFFER"})
    void whatTheStoreKnowsIsToldInThreeFields(
            @ForAll @IntRange(max = 3) int preEol,
            @ForAll @IntRange(max = 11) int typA,
            @ForAll @IntRange(max = 11) int typB,
            @ForAll boolean packed) {
        store.lifetime = () -> Optional.of(new BlockLifetime(preEol, typA, typB));
        BlkRig rig = rig(packed);
        assertThat(rig.device.offeredFeatures().has(BlkFeatureBits.LIFETIME)).isTrue();

        ByteBuffer data = data(rig.request(BlkRequestType.GET_LIFETIME, 0, NO_DATA, 6));

        assertThat(data.getShort(0)).isEqualTo((short) preEol);
        assertThat(data.getShort(2)).isEqualTo((short) typA);
        assertThat(data.getShort(4)).isEqualTo((short) typB);
    }

    @Property(tries = 50)
    @Clause("BLK-DEV-LIFETIME-NO-RESERVED")
    void reservedValuesOfTheStoresAreNotPassedOn(@ForAll int preEol, @ForAll int typA, @ForAll int typB) {
        store.lifetime = () -> Optional.of(new BlockLifetime(preEol, typA, typB));
        ByteBuffer data = data(rig(false).request(BlkRequestType.GET_LIFETIME, 0, NO_DATA, 6));
        assertThat(data.getShort(0)).isEqualTo((short) (preEol >= 0 && preEol <= 3 ? preEol : 0));
        assertThat(data.getShort(2)).isEqualTo((short) (typA >= 0 && typA <= 11 ? typA : 0));
        assertThat(data.getShort(4)).isEqualTo((short) (typB >= 0 && typB <= 11 ? typB : 0));
    }

    @Example
    @Clause("BLK-DEV-LIFETIME-NO-OFFER")
    void aStoreThatCannotKnowIsNotOffered() {
        BlkRig rig = rig(false);
        assertThat(rig.device.offeredFeatures().has(BlkFeatureBits.LIFETIME)).isFalse();
        assertThat(rig.request(BlkRequestType.GET_LIFETIME, 0, NO_DATA, 6).status())
                .isEqualTo(BlkStatus.UNSUPP);
    }

    @Example
    void aRequestOfAnotherLengthIsAnError() {
        store.lifetime = () -> Optional.of(new BlockLifetime(1, 1, 1));
        BlkRig rig = rig(false);
        for (int length : new int[] {0, 5, 7, 512}) {
            Answer answer = rig.request(BlkRequestType.GET_LIFETIME, 0, NO_DATA, length);
            assertThat(answer.status()).isEqualTo(BlkStatus.IOERR);
            assertThat(answer.usedBytes()).isEqualTo(length == 0 ? 1 : 0);
        }
    }

    @Example
    void aStoreThatCannotTellAnyMoreIsAnErrorAndTheDeviceGoesOn() {
        store.lifetime = () -> Optional.of(new BlockLifetime(1, 1, 1));
        BlkRig rig = rig(false);
        store.lifetime = Optional::empty;
        assertThat(rig.request(BlkRequestType.GET_LIFETIME, 0, NO_DATA, 6).status())
                .isEqualTo(BlkStatus.IOERR);
        store.lifetime = () -> {
            throw new IllegalStateException("no such register");
        };
        assertThat(rig.request(BlkRequestType.GET_LIFETIME, 0, NO_DATA, 6).status())
                .isEqualTo(BlkStatus.IOERR);
        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error).hasRootCauseMessage("no such register"));
        assertThat(rig.request(BlkRequestType.GET_ID, 0, NO_DATA, 20).status()).isEqualTo(BlkStatus.OK);
    }
}
