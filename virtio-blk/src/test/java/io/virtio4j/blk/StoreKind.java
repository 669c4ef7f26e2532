// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.device.blk.BlockStore;
import io.virtio4j.sim.blk.FileBlockStore;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.OverlayBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The stores that come with the device, each as a disk of given bytes, whose files lie in a folder. */
enum StoreKind {
    MEMORY {
        @Override
        BlockStore open(Path folder, byte[] bytes) {
            MemoryBlockStore store = new MemoryBlockStore(bytes.length);
            put(store, bytes);
            return store;
        }
    },
    FILE {
        @Override
        BlockStore open(Path folder, byte[] bytes) throws IOException {
            return FileBlockStore.open(Files.write(folder.resolve(IMAGE), bytes), false);
        }

        @Override
        byte[] left(Path folder) throws IOException {
            return Files.readAllBytes(folder.resolve(IMAGE));
        }
    },
    OVERLAY_WITH_TOP {
        @Override
        BlockStore open(Path folder, byte[] bytes) throws IOException {
            Files.deleteIfExists(folder.resolve(TOP));
            return OverlayBlockStore.open(Files.write(folder.resolve(IMAGE), bytes), folder.resolve(TOP));
        }

        @Override
        byte[] left(Path folder) throws IOException {
            // A copy, since the overlay itself is in use.
            Path copy = folder.resolve("copy.overlay");
            Files.copy(folder.resolve(TOP), copy, StandardCopyOption.REPLACE_EXISTING);
            try (BlockStore next = OverlayBlockStore.open(folder.resolve(IMAGE), copy)) {
                return get(next);
            }
        }
    },
    OVERLAY_WITHOUT_TOP {
        @Override
        BlockStore open(Path folder, byte[] bytes) throws IOException {
            return OverlayBlockStore.openTemporary(Files.write(folder.resolve(IMAGE), bytes));
        }
    };

    /** The image of a file, and the base of an overlay. */
    static final String IMAGE = "disk.img";

    private static final String TOP = "disk.overlay";

    /** Makes a disk of these bytes. */
    abstract BlockStore open(Path folder, byte[] bytes) throws IOException;

    /** Whether what was flushed is there for whoever opens the same files. */
    boolean isKept() {
        return this == FILE || this == OVERLAY_WITH_TOP;
    }

    boolean erasesSecurely() {
        return this == MEMORY;
    }

    boolean isOverlay() {
        return this == OVERLAY_WITH_TOP || this == OVERLAY_WITHOUT_TOP;
    }

    /** What whoever opens the same files now finds, also while the store is open, as after a crash. */
    byte[] left(Path folder) throws IOException {
        throw new IOException(this + " leaves nothing in " + folder);
    }

    /** Writes all of a disk that no device uses. */
    private static void put(BlockStore store, byte[] bytes) {
        through(store, channel -> channel.write(ByteBuffer.wrap(bytes)));
    }

    /** Reads all of a disk that no device uses. */
    static byte[] get(BlockStore store) {
        byte[][] bytes = new byte[1][];
        through(store, channel -> bytes[0] = Channels.newInputStream(channel).readAllBytes());
        return bytes[0];
    }

    @FunctionalInterface
    private interface Use {
        void of(BlkChannel channel) throws IOException;
    }

    private static void through(BlockStore store, Use use) {
        try (Rig rig = new Rig(new SimBlk(store, SimBlkOptions.DEFAULTS, Rig::fail));
                BlkDevice device = rig.open();
                BlkChannel channel = BlkChannel.open(device, rig.arena)) {
            use.of(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
