// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.pattern;
import static io.virtio4j.sim.blk.BlkRig.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.testkit.Clause;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk over a base that never changes. */
final class OverlayBlockStoreTest {
    private static final int SECTORS = 8 * 64 * 3 + 5;
    private static final int LENGTH = SECTORS * 512;
    private static final byte[] NO_DATA = {};

    @TempDir
    private Path directory;

    private final byte[] disk = pattern(LENGTH, 1);
    private Path base;
    private Path top;

    @BeforeEach
    void makeBase() throws IOException {
        base = Files.write(directory.resolve("base.img"), disk);
        top = directory.resolve("top.overlay");
    }

    private static BlkRig rig(BlockStore store) {
        return new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS.withQueueSize(BlkRig.QUEUE_SIZE), error -> {
            throw new AssertionError(error);
        }));
    }

    private void write(BlkRig rig, int sector, int sectors, int seed) {
        byte[] data = pattern(sectors * 512, seed);
        assertThat(rig.request(BlkRequestType.OUT, sector, data, 0).status()).isEqualTo(BlkStatus.OK);
        System.arraycopy(data, 0, disk, sector * 512, data.length);
    }

    private static void flush(BlkRig rig) {
        assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status()).isEqualTo(BlkStatus.OK);
    }

    private static byte[] all(BlkRig rig) {
        byte[] bytes = new byte[LENGTH];
        for (int sector = 0; sector < SECTORS; sector += 400) {
            byte[] part = rig.read(sector, Math.min(400, SECTORS - sector));
            System.arraycopy(part, 0, bytes, sector * 512, part.length);
        }
        return bytes;
    }

    @Test
    void whatIsWrittenIsReadBackAndTheBaseStaysAsItIs() throws IOException {
        byte[] before = disk.clone();
        try (OverlayBlockStore store = OverlayBlockStore.openTemporary(base)) {
            BlkRig rig = rig(store);
            assertThat(all(rig)).isEqualTo(disk);
            write(rig, 0, 1, 2);
            write(rig, 15, 2, 3);
            write(rig, 21, 30, 4);
            write(rig, SECTORS - 1, 1, 5);
            write(rig, 21, 1, 6);
            assertThat(all(rig)).isEqualTo(disk);
        }
        assertThat(Files.readAllBytes(base)).isEqualTo(before);
    }

    @Test
    void theTailOfADiskOfNoWholeBlocksIsWrittenInPartAndInFull() throws IOException {
        try (OverlayBlockStore store = OverlayBlockStore.openTemporary(base)) {
            BlkRig rig = rig(store);
            write(rig, SECTORS - 3, 1, 2);
            assertThat(all(rig)).isEqualTo(disk);
        }
        System.arraycopy(Files.readAllBytes(base), 0, disk, 0, LENGTH);
        try (OverlayBlockStore store = OverlayBlockStore.openTemporary(base)) {
            BlkRig rig = rig(store);
            write(rig, SECTORS - 5, 5, 3);
            assertThat(all(rig)).isEqualTo(disk);
        }
    }

    @Test
    void aTemporaryTopIsGoneWhenTheStoreIsClosed() throws IOException {
        Path temporary;
        try (OverlayBlockStore store = OverlayBlockStore.openTemporary(base)) {
            BlkRig rig = rig(store);
            write(rig, 3, 1, 2);
            flush(rig);
            temporary = store.topPath();
            assertThat(temporary).exists();
        }
        assertThat(temporary).doesNotExist();
        try (OverlayBlockStore store = OverlayBlockStore.openTemporary(base)) {
            assertThat(all(rig(store))).isEqualTo(Files.readAllBytes(base));
        }
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void whatWasFlushedIsThereForWhoeverOpensTheTopNext() throws IOException {
        try (OverlayBlockStore store = OverlayBlockStore.open(base, top)) {
            BlkRig rig = rig(store);
            write(rig, 3, 1, 2);
            write(rig, 600, 100, 3);
            flush(rig);
            byte[] flushed = disk.clone();
            write(rig, 1000, 1, 4);
            // Not closed, as after a crash: a block that was never flushed is the base's.
            assertThat(afterACrash()).isEqualTo(flushed);
            flush(rig);
            assertThat(afterACrash()).isEqualTo(disk);
        }
    }

    /** What a copy of the top as it is now has; the top itself is in use. */
    private byte[] afterACrash() throws IOException {
        Path copy = directory.resolve("copy.overlay");
        Files.copy(top, copy, StandardCopyOption.REPLACE_EXISTING);
        try (OverlayBlockStore next = OverlayBlockStore.open(base, copy)) {
            return all(rig(next));
        }
    }

    private ImageFile over(RecordingChannel channel) {
        return new ImageFile(new ImageChannel(top, () -> channel, false));
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void theMapIsWrittenAfterTheDataIsOnTheMediumAndForcedItself() throws IOException {
        OverlayBlockStore.open(base, top).close();
        RecordingChannel channel =
                new RecordingChannel(FileChannel.open(top, StandardOpenOption.READ, StandardOpenOption.WRITE));
        ImageFile baseFile = ImageFile.open(base, false);
        try (OverlayBlockStore store = new OverlayBlockStore(baseFile, over(channel), false)) {
            BlkRig rig = rig(store);
            write(rig, 0, 8, 2);
            flush(rig);
            assertThat(channel.steps).containsExactly("write", "force", "write", "force");
            channel.steps.clear();
            write(rig, 0, 8, 3);
            flush(rig);
            assertThat(channel.steps).as("no block is new").containsExactly("write", "force");
        }
    }

    @Test
    void theMapOfBlocksThatLieSideBySideIsWrittenAtOnce() throws IOException {
        OverlayBlockStore.open(base, top).close();
        RecordingChannel channel =
                new RecordingChannel(FileChannel.open(top, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try (OverlayBlockStore store = new OverlayBlockStore(ImageFile.open(base, false), over(channel), false)) {
            BlkRig rig = rig(store);
            for (int sector = 0; sector < SECTORS; sector += 400) {
                write(rig, sector, Math.min(400, SECTORS - sector), sector + 1);
            }
            channel.steps.clear();
            flush(rig);
            assertThat(channel.steps).containsExactly("force", "write", "force");
        }
        try (OverlayBlockStore next = OverlayBlockStore.open(base, top)) {
            assertThat(all(rig(next))).isEqualTo(disk);
        }
    }

    @Test
    @Clause("BLK-DEV-STABLE-FLUSH")
    void aMapThatCouldNotBeWrittenIsWrittenByTheNextFlush() throws IOException {
        OverlayBlockStore.open(base, top).close();
        RecordingChannel channel =
                new RecordingChannel(FileChannel.open(top, StandardOpenOption.READ, StandardOpenOption.WRITE));
        ImageFile baseFile = ImageFile.open(base, false);
        ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
        try (OverlayBlockStore store = new OverlayBlockStore(baseFile, over(channel), false)) {
            BlkRig rig = new BlkRig(new SimBlk(store, SimBlkOptions.DEFAULTS, errors::add));
            write(rig, 0, 8, 2);
            channel.failing.add("write");
            assertThat(rig.request(BlkRequestType.FLUSH, 0, NO_DATA, 0).status())
                    .isEqualTo(BlkStatus.IOERR);
            channel.failing.clear();
            flush(rig);
        }
        assertThat(errors).hasSize(1);
        try (OverlayBlockStore next = OverlayBlockStore.open(base, top)) {
            assertThat(all(rig(next))).isEqualTo(disk);
        }
    }

    @Test
    @Clause("BLK-DEV-WZEROES-READ-ZERO")
    void zerosHideTheBaseEvenWhereTheTopHasLeftovers() throws IOException {
        try (OverlayBlockStore store = OverlayBlockStore.open(base, top)) {
            write(rig(store), 0, 64, 2);
        }
        System.arraycopy(Files.readAllBytes(base), 0, disk, 0, LENGTH);
        try (OverlayBlockStore store = OverlayBlockStore.open(base, top)) {
            BlkRig rig = rig(store);
            assertThat(all(rig)).as("never flushed").isEqualTo(disk);
            assertThat(rig.ranges(BlkRequestType.DISCARD, segment(3, 20, 0))).isEqualTo(BlkStatus.OK);
            assertThat(rig.ranges(BlkRequestType.WRITE_ZEROES, segment(40, 17, 1)))
                    .isEqualTo(BlkStatus.OK);
            Arrays.fill(disk, 3 * 512, 23 * 512, (byte) 0);
            Arrays.fill(disk, 40 * 512, 57 * 512, (byte) 0);
            assertThat(all(rig)).isEqualTo(disk);
        }
    }

    @Test
    void aTopThatIsSomethingElseOrOfAnotherBaseIsRefused() throws IOException {
        Files.write(top, new byte[20]);
        assertThatThrownBy(() -> OverlayBlockStore.open(base, top))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("20 bytes");
        Files.write(top, new byte[8192]);
        assertThatThrownBy(() -> OverlayBlockStore.open(base, top))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not an overlay");
        Files.delete(top);
        OverlayBlockStore.open(base, top).close();
        Files.write(base, new byte[LENGTH + 512]);
        assertThatThrownBy(() -> OverlayBlockStore.open(base, top))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(LENGTH))
                .hasMessageContaining(String.valueOf(LENGTH + 512));
        assertThatThrownBy(() -> OverlayBlockStore.open(directory.resolve("absent"), top))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aTopHasOneStoreAndABaseAsManyAsLike() throws IOException {
        try (OverlayBlockStore first = OverlayBlockStore.open(base, top)) {
            assertThatThrownBy(() -> OverlayBlockStore.open(base, top))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(top + " is in use");
            try (OverlayBlockStore second = OverlayBlockStore.openTemporary(base)) {
                write(rig(second), 0, 1, 2);
                assertThat(rig(first).read(0, 1)).isNotEqualTo(rig(second).read(0, 1));
            }
        }
        OverlayBlockStore.open(base, top).close();
    }
}
