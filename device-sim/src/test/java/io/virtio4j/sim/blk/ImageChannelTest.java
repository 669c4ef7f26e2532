// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import static io.virtio4j.sim.blk.BlkRig.pattern;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that interrupts do not close, and what is no image. */
final class ImageChannelTest {
    private static final int LENGTH = 1 << 20;

    @TempDir
    private Path directory;

    private Path image;

    @BeforeEach
    void makeImage() throws IOException {
        image = Files.write(directory.resolve("disk.img"), pattern(LENGTH, 1));
    }

    private FileChannel openFile() throws IOException {
        return FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static byte[] read(ImageChannel channel, int lengthBytes, long position) throws IOException {
        byte[] bytes = new byte[lengthBytes];
        channel.read(ByteBuffer.wrap(bytes), position);
        return bytes;
    }

    @Test
    void aThreadThatIsInterruptedBeforeReadsAndWritesAndStaysInterrupted() throws IOException {
        try (ImageChannel channel = ImageChannel.open(image, true)) {
            Thread.currentThread().interrupt();
            channel.write(ByteBuffer.wrap(pattern(5000, 2)), 77);
            assertThat(read(channel, 5000, 77)).isEqualTo(pattern(5000, 2));
            channel.force(false);
            assertThat(channel.size()).isEqualTo(LENGTH);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read(channel, 5000, 77)).isEqualTo(pattern(5000, 2));
            assertThat(Thread.interrupted()).isFalse();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aFileThatAnInterruptClosesInTheMiddleOfACallIsOpenedAgain() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        ImageChannel.Opener opener = () -> {
            RecordingChannel file = new RecordingChannel(openFile());
            // What FileChannel does for an interrupt within the call.
            file.beforeWrite =
                    opened.incrementAndGet() <= 2 ? () -> Thread.currentThread().interrupt() : () -> {};
            return file;
        };
        try (ImageChannel channel = new ImageChannel(image, opener, false)) {
            channel.write(ByteBuffer.wrap(pattern(5000, 2)), 77);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(opened).hasValue(3);
            assertThat(read(channel, 5000, 77)).isEqualTo(pattern(5000, 2));
            assertThat(opened).hasValue(3);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void fileChannelItselfIsClosedByAnInterrupt() throws IOException {
        try (FileChannel file = openFile()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(ClosedByInterruptException.class);
            assertThat(file.isOpen()).isFalse();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void threadsThatAreInterruptedAllTheTimeFindWhatTheyWrote() throws Exception {
        int threads = 3;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Thread> workers = new ArrayList<>();
        List<Future<?>> work = new ArrayList<>();
        try (ImageChannel channel = ImageChannel.open(image, true)) {
            for (int thread = 0; thread < threads; thread++) {
                int own = thread;
                work.add(pool.submit(() -> {
                    synchronized (workers) {
                        workers.add(Thread.currentThread());
                    }
                    for (int round = 0; round < 300; round++) {
                        byte[] bytes = pattern(20_000, 1000 * own + round);
                        channel.write(ByteBuffer.wrap(bytes), own * 100_000L);
                        assertThat(Arrays.equals(read(channel, bytes.length, own * 100_000L), bytes))
                                .isTrue();
                    }
                    return null;
                }));
            }
            while (!work.stream().allMatch(Future::isDone)) {
                synchronized (workers) {
                    workers.forEach(Thread::interrupt);
                }
                Thread.sleep(0, 50_000);
            }
            for (Future<?> done : work) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a thread failed", e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void aClosedOneStaysClosed() throws IOException {
        ImageChannel channel = ImageChannel.open(image, true);
        channel.close();
        channel.close();
        assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1), 0)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void itIsNotOpenedAgainIfItsPathLeadsElsewhere() throws IOException {
        ImageIdentity identity = ImageIdentity.of(image);
        identity.requireUnchanged();
        Files.move(image, directory.resolve("moved.img"));
        assertThatThrownBy(identity::requireUnchanged).isInstanceOf(IOException.class);
        Files.write(image, pattern(LENGTH, 1));
        assertThatThrownBy(identity::requireUnchanged)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another file");
    }

    @Test
    void foldersDevicesOfCharactersAndMissingFilesAreNoImages() {
        assertThatThrownBy(() -> ImageChannel.open(directory, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a folder");
        assertThatThrownBy(() -> ImageChannel.open(Path.of("/dev/null"), true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("neither a file nor a block device");
        assertThatThrownBy(() -> ImageChannel.open(directory.resolve("none.img"), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none.img");
    }

    @Test
    void aNewImageIsDurableWithItsName() throws IOException {
        Path made = directory.resolve("new.img");
        Path log = directory.resolve("forces.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withThreshold(Duration.ZERO);
            recording.start();
            FileBlockStore.create(made, LENGTH).close();
            recording.stop();
            recording.dump(log);
        }
        assertThat(RecordingFile.readAllEvents(log))
                .extracting(event -> event.getString("path"))
                .filteredOn(path -> path.startsWith(directory.toString()))
                .containsExactly(made.toString(), directory.toString());
    }
}
