// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.pattern;
import static io.virtio4j.sim.blk.BlkRig.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a disk in a file asks the operating system for what, and what it does beyond reads and writes. */
final class FileBlockStoreTest {
    private static final int LENGTH = 1 << 20;
    private static final byte[] DATA = pattern(512, 1);
    private static final byte[] NO_DATA = {};
    private static final SimBlkOptions OPTIONS = SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE);

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private Path image;
    private RecordingChannel channel;
    private FileBlockStore store;
    private SimBlk device;

    @BeforeEach
    void open() throws IOException {
        image = Files.write(directory.resolve("disk.img"), pattern(LENGTH, 2));
        channel = new RecordingChannel(FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE));
        store = new FileBlockStore(new ImageFile(new ImageChannel(image, () -> channel, false)), false);
        device = new SimBlk(store, OPTIONS, errors::add);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void aFlushForcesTheFileAfterTheWritesBeforeIt() {
        BlkRig rig = new BlkRig(device);
        rig.request(BlkRequestType.OUT, 0, DATA, 0);
        rig.request(BlkRequestType.OUT, 1, DATA, 0);
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.OK);
        assertThat(channel.steps).containsExactly("write", "write", "force");
    }

    @Test
    @Clause({"BLK-DEV-STABLE-NO-FLUSH-ACK", "BLK-DEV-STABLE-WRITETHROUGH"})
    void inWritethroughTheFileIsForcedAfterEachWrite() {
        Features cannotFlush =
                BlkRig.everything(device).minus(Features.of(BlkFeatureBits.FLUSH, BlkFeatureBits.CONFIG_WCE));
        BlkRig rig = new BlkRig(device, cannotFlush);
        rig.request(BlkRequestType.OUT, 0, DATA, 0);
        rig.request(BlkRequestType.OUT, 1, DATA, 0);
        assertThat(channel.steps).containsExactly("write", "force", "write", "force");
        channel.steps.clear();
        rig = new BlkRig(device);
        rig.session.writeConfig(BlkConfigLayout.WRITEBACK, new byte[1]);
        rig.request(BlkRequestType.OUT, 0, DATA, 0);
        assertThat(channel.steps).containsExactly("write", "force");
    }

    @Test
    @Clause("BLK-DEV-STATUS-CODES")
    void aFileThatTakesNoMoreIsAnErrorWithPlaceAndCauseAndTheDeviceGoesOn() {
        BlkRig rig = new BlkRig(device);
        channel.failing.addAll(List.of("write", "force"));
        for (int type : new int[] {BlkRequestType.OUT, BlkRequestType.FLUSH}) {
            byte[] data = type == BlkRequestType.OUT ? DATA : NO_DATA;
            assertThat(rig.request(type, 7, data, 0).status()).isEqualTo(BlkStatus.IOERR);
        }
        assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(7, 1, 0))).isEqualTo(BlkStatus.IOERR);
        assertThat(errors)
                .hasSize(3)
                .allSatisfy(error -> assertThat(error).rootCause().hasMessageContaining("no room"))
                .first()
                .asString()
                .contains("WRITE of 512 bytes at 3584");
        channel.failing.clear();
        assertThat(rig.request(BlkRequestType.OUT, 7, DATA, 0).status()).isEqualTo(BlkStatus.OK);
        assertThat(rig.read(7, 1)).isEqualTo(DATA);
    }

    @Test
    @Clause("BLK-DEV-MAY-UNMAP-FIELD")
    void itDoesNotClaimToGiveBlocksBackAndOffersNoSecureErase() {
        assertThat(store.unmapsZeroes()).isFalse();
        byte[] field = new byte[1];
        device.config().read(BlkConfigLayout.WRITE_ZEROES_MAY_UNMAP, field);
        assertThat(field).containsOnly(0);
        assertThat(device.offeredFeatures().has(BlkFeatureBits.DISCARD)).isTrue();
        assertThat(device.offeredFeatures().has(BlkFeatureBits.SECURE_ERASE)).isFalse();
    }

    @Test
    @Clause("BLK-DEV-WZEROES-READ-ZERO")
    void aDiscardAndZeroesLeaveZerosBehindAndNothingElseChanges() throws IOException {
        BlkRig rig = new BlkRig(device);
        byte[] expected = Files.readAllBytes(image);
        Arrays.fill(expected, 512, 512 + 300 * 512, (byte) 0);
        Arrays.fill(expected, LENGTH - 700 * 512, LENGTH, (byte) 0);
        assertThat(rig.ranges(BlkRequestType.DISCARD, segment(1, 300, 0))).isEqualTo(BlkStatus.OK);
        assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(LENGTH / 512 - 700, 700, 0)))
                .isEqualTo(BlkStatus.OK);
        assertThat(Files.readAllBytes(image)).isEqualTo(expected);
    }

    @Test
    void whatIsZeroAlreadyIsNotWrittenByADiscard() {
        BlkRig rig = new BlkRig(device);
        rig.ranges(BlkRequestType.DISCARD, segment(0, LENGTH / 512, 0));
        channel.steps.clear();
        assertThat(rig.ranges(BlkRequestType.DISCARD, segment(0, LENGTH / 512, 0)))
                .isEqualTo(BlkStatus.OK);
        assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(0, LENGTH / 512, 1)))
                .isEqualTo(BlkStatus.OK);
        assertThat(channel.steps).isEmpty();
        assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(0, LENGTH / 512, 0)))
                .isEqualTo(BlkStatus.OK);
        assertThat(channel.steps).isNotEmpty().containsOnly("write");
    }

    @Test
    @Clause({"BLK-DEV-CAPACITY-CHANGE", "BLK-DEV-CAPACITY-CHANGE-NOTIFY"})
    void anImageThatGrowsIsLongerOnTheMediumBeforeTheDriverHearsOfIt() throws IOException {
        BlkRig rig = new BlkRig(device);
        store.grow(LENGTH + 512);
        assertThat(channel.steps).containsExactly("write", "force");
        assertThat(Files.size(image)).isEqualTo(LENGTH + 512);
        rig.serve();
        assertThat(rig.configChanges).isEqualTo(1);
        assertThat(rig.read(LENGTH / 512, 1)).containsOnly(0);
        assertThatThrownBy(() -> store.grow(LENGTH)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.grow(LENGTH + 513)).isInstanceOf(IllegalArgumentException.class);
        try (FileBlockStore readOnly = FileBlockStore.open(image, true)) {
            assertThatThrownBy(() -> readOnly.grow(LENGTH + 1024)).isInstanceOf(IOException.class);
        }
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void afterAFlushThatFailedNoneSaysAgainThatAllIsDurable() throws IOException {
        BlkRig rig = new BlkRig(device);
        rig.request(BlkRequestType.OUT, 0, DATA, 0);
        channel.failing.add("force");
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.IOERR);
        channel.failing.clear();
        channel.steps.clear();
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status())
                .as("the system may have dropped what it could not write")
                .isEqualTo(BlkStatus.IOERR);
        assertThatThrownBy(() -> store.grow(LENGTH + 512)).isInstanceOf(IOException.class);
        assertThat(channel.steps).doesNotContain("force");
        assertThat(errors).hasSize(2).last().asString().contains("FLUSH");
        assertThat(rig.read(0, 1)).isEqualTo(DATA);
        try (FileBlockStore again = FileBlockStore.open(image, false)) {
            BlkRig next = new BlkRig(new SimBlk(again, OPTIONS, errors::add));
            assertThat(next.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status())
                    .isEqualTo(BlkStatus.OK);
        }
    }

    @Test
    @Clause("BLK-DEV-STATUS-CODES")
    void anImageThatIsCutShortMeanwhileIsAnErrorWhereItEnds() throws IOException {
        BlkRig rig = new BlkRig(device);
        try (FileChannel other = FileChannel.open(image, StandardOpenOption.WRITE)) {
            other.truncate(1024);
        }
        assertThat(rig.read(0, 2)).hasSize(1024);
        byte[] nothing = new byte[0];
        assertThat(rig.request(BlkRequestType.IN, 1, nothing, 1024).status()).isEqualTo(BlkStatus.IOERR);
        assertThat(rig.ranges(BlkRequestType.DISCARD, segment(1, 300, 0))).isEqualTo(BlkStatus.IOERR);
        assertThat(errors)
                .hasSize(2)
                .allSatisfy(error -> assertThat(error).rootCause().hasMessageContaining("ends at byte 1024"));
        assertThat(rig.request(BlkRequestType.OUT, 7, DATA, 0).status()).isEqualTo(BlkStatus.OK);
        assertThat(rig.read(7, 1)).isEqualTo(DATA);
    }
}
