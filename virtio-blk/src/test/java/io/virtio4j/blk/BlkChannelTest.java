// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.sim.blk.BlkTopology;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk as any Java code sees one. */
final class BlkChannelTest {
    private static final int SECTORS = 203;
    private static final int LENGTH = SECTORS * 512;

    @Test
    void anImageIsCopiedOntoADiskAndBackByTheJdkAlone(@TempDir Path directory) throws IOException {
        int length = 3_000_320;
        byte[] bytes = Rig.pattern(length, 1);
        Path image = Files.write(directory.resolve("fs.img"), bytes);
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(length), SimBlkOptions.DEFAULTS, Rig::fail));
                BlkDevice disk = rig.open();
                BlkChannel channel = BlkChannel.open(disk, rig.arena)) {
            assertThat(channel.size()).isEqualTo(length);
            try (FileChannel file = FileChannel.open(image)) {
                assertThat(file.transferTo(0, length, channel)).isEqualTo(length);
            }
            channel.force();

            channel.position(0);
            Path back = directory.resolve("back.img");
            InputStream in = Channels.newInputStream(channel);
            assertThat(Files.copy(in, back)).isEqualTo(length);
            assertThat(back).hasBinaryContent(bytes);

            Path again = directory.resolve("again.img");
            channel.position(0);
            try (FileChannel file = FileChannel.open(again, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                assertThat(file.transferFrom(channel, 0, length)).isEqualTo(length);
            }
            assertThat(again).hasBinaryContent(bytes);

            channel.position(0);
            OutputStream out = Channels.newOutputStream(channel);
            Files.copy(Files.write(image, Rig.pattern(length, 2)), out);
            channel.position(0);
            assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(Rig.pattern(length, 2));
        }
    }

    @Property(tries = 40)
    void readsAndWritesAtAnyPositionOfAnyLengthAreThoseOfAnArray(
            @ForAll @IntRange(min = 0, max = 2) int blockExp,
            @ForAll @IntRange(min = 1, max = 9000) int bufferBytes,
            @ForAll long seed)
            throws IOException {
        int block = 512 << blockExp;
        int length = LENGTH / block * block;
        SimBlkOptions options = SimBlkOptions.DEFAULTS.withBlocks(block, new BlkTopology(0, 0, 0, 0));
        Random random = new Random(seed);
        byte[] model = new byte[length];
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(length), options, Rig::fail));
                BlkDevice disk = rig.open();
                BlkChannel channel = BlkChannel.open(disk, rig.arena, bufferBytes)) {
            for (int i = 0; i < 30; i++) {
                int position = random.nextInt(length);
                byte[] bytes = Rig.pattern(1 + random.nextInt(random.nextBoolean() ? 700 : 20_000), i);
                int fits = Math.min(bytes.length, length - position);
                channel.position(position);
                if (random.nextBoolean()) {
                    ByteBuffer source = random.nextBoolean()
                            ? ByteBuffer.wrap(bytes)
                            : ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
                    assertThat(channel.write(source)).isEqualTo(fits);
                    assertThat(source.position()).isEqualTo(fits);
                    System.arraycopy(bytes, 0, model, position, fits);
                } else {
                    ByteBuffer destination = ByteBuffer.allocate(bytes.length);
                    assertThat(channel.read(destination)).isEqualTo(fits);
                    assertThat(Arrays.copyOf(destination.array(), fits))
                            .isEqualTo(Arrays.copyOfRange(model, position, position + fits));
                }
                assertThat(channel.position()).isEqualTo(position + fits);
            }
            channel.position(0);
            assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(model);
            assertThat(rig.driverErrors).isEmpty();
        }
    }

    @Test
    void wholeBlocksAreWrittenWithoutReadingThem() throws IOException {
        ScriptedBlk scripted = new ScriptedBlk(Features.NONE, request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open();
                BlkChannel channel = BlkChannel.open(disk, rig.arena, 2048)) {
            channel.position(512).write(ByteBuffer.allocate(5 * 512));
            assertThat(scripted.seen).hasSize(2).allMatch(request -> request.type() == BlkRequestType.OUT);
            scripted.seen.clear();
            channel.position(100).write(ByteBuffer.allocate(2000));
            assertThat(scripted.seen)
                    .extracting(request -> request.type() + "@" + request.sector())
                    .as("of each piece the block that it cuts, then all")
                    .containsExactly("0@0", "1@0", "0@4", "1@4");
            scripted.seen.clear();
            channel.position(100).write(ByteBuffer.allocate(1000));
            channel.position(600).write(ByteBuffer.allocate(10));
            assertThat(scripted.seen)
                    .extracting(request -> request.type() + "@" + request.sector())
                    .as("both ends; then one block, once")
                    .containsExactly("0@0", "0@2", "1@0", "0@1", "1@1");
        }
    }

    @Test
    void theEndOfTheDiskIsTheEndOfTheChannel() throws IOException {
        try (Rig rig = new Rig(new SimBlk(new MemoryBlockStore(LENGTH), SimBlkOptions.DEFAULTS, Rig::fail));
                BlkDevice disk = rig.open();
                BlkChannel channel = BlkChannel.open(disk, rig.arena)) {
            channel.position(LENGTH - 3);
            ByteBuffer ten = ByteBuffer.allocate(10);
            assertThat(channel.write(ten)).isEqualTo(3);
            assertThatThrownBy(() -> channel.write(ten))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no room at position " + LENGTH);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
            channel.position(Long.MAX_VALUE);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);

            assertThatThrownBy(() -> channel.truncate(LENGTH - 1)).isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> channel.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThat(channel.truncate(LENGTH).position()).isEqualTo(LENGTH);
            assertThat(channel.size()).isEqualTo(LENGTH);
        }
    }

    @Test
    void aReadOnlyDiskIsANonWritableChannel() throws IOException {
        ScriptedBlk scripted = new ScriptedBlk(Features.of(BlkFeatureBits.RO), request -> BlkStatus.OK);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open();
                BlkChannel channel = BlkChannel.open(disk, rig.arena)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(NonWritableChannelException.class);
            assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(10);
        }
    }

    @Test
    void aClosedChannelDoesNothingAndGivesItsBufferBack() throws IOException {
        try (Rig rig = new Rig(new ScriptedBlk(Features.NONE, request -> BlkStatus.OK));
                BlkDevice disk = rig.open()) {
            long free = rig.arena.freeBytes();
            BlkChannel channel = BlkChannel.open(disk, rig.arena);
            assertThat(channel.isOpen()).isTrue();
            channel.close();
            channel.close();
            assertThat(channel.isOpen()).isFalse();
            assertThat(rig.arena.freeBytes()).isEqualTo(free);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::position).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::force).isInstanceOf(ClosedChannelException.class);
            disk.read(0, rig.buffer(512));
        }
    }

    @Test
    void whatTheDeviceDoesNotDoIsAnIoException() throws IOException {
        ScriptedBlk scripted = new ScriptedBlk(Features.of(BlkFeatureBits.FLUSH), request -> BlkStatus.IOERR);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open();
                BlkChannel channel = BlkChannel.open(disk, rig.arena)) {
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("READ of 512 bytes at offset 0")
                    .hasCauseInstanceOf(BlkRequestException.class);
            assertThatThrownBy(channel::force).isInstanceOf(IOException.class);
            assertThat(channel.position()).isZero();
        }
    }

    @Test
    void aChannelWhoseBufferTheDeviceKeepsWaitsForTheRecovery() throws IOException {
        ScriptedBlk scripted = new ScriptedBlk(Features.NONE, request -> ScriptedBlk.SILENCE);
        try (Rig rig = new Rig(scripted);
                BlkDevice disk = rig.open(rig.options().withTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(20)))) {
            BlkChannel channel = BlkChannel.open(disk, rig.arena);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(BlkTimeoutException.class);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has not answered an earlier request");
            assertThatThrownBy(channel::close).isInstanceOf(IOException.class);
            disk.recover((token, status) -> {});
            channel.close();
        }
    }
}
