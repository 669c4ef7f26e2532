// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One process answers some of a queue's requests and ends, another goes on; the driver, in a third, notices nothing. */
class QueueStateProcessTest {
    private static final int QUEUE_SIZE = 8;
    private static final int MEMORY_BYTES = 1 << 16;

    @TempDir
    Path folder;

    private final List<DmaBuffer> buffers = new ArrayList<>();
    private SharedMemory memory;
    private DmaArena arena;
    private DriverQueue driver;
    private final TreeMap<Long, Integer> answers = new TreeMap<>();

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void anotherProcessGoesOnWithTheChainsInFlight(RingFormat format) throws IOException, InterruptedException {
        Files.write(folder.resolve("memory"), new byte[MEMORY_BYTES]);
        memory = HalfwayProgram.map(folder.resolve("memory"));
        arena = new DmaArena(memory);
        QueueConfig config = new QueueConfig(
                0,
                QUEUE_SIZE,
                QueuePair.features(format),
                new QueueAddresses(
                        carve(format.descriptorAreaBytes(QUEUE_SIZE)),
                        carve(format.driverAreaBytes(QUEUE_SIZE)),
                        carve(format.deviceAreaBytes(QUEUE_SIZE))));
        driver = DriverQueue.create(config, GuestMemory.of(memory), BarrierPolicy.OPTIMIZED, error -> {
            throw new AssertionError(error);
        });
        List.of(1, 2, 3, 4).forEach(this::offer);

        assertThat(run(config, "even")).isEqualTo("1 2 3 4");
        poll();
        assertThat(answers).containsOnlyKeys(2L, 4L);
        List.of(5, 6).forEach(this::offer);
        assertThat(run(config, "even")).isEqualTo("1 3 5 6");
        poll();
        assertThat(run(config, "all")).isEqualTo("1 3 5");
        poll();

        assertThat(answers)
                .hasSize(6)
                .allSatisfy((token, answer) -> assertThat(answer).isEqualTo(3 * token.intValue()));
        assertThat(driver.inFlight()).isZero();
        assertThat(driver.freeDescriptors()).isEqualTo(QUEUE_SIZE);
    }

    private long carve(int lengthBytes) {
        return arena.allocate(lengthBytes, 128).guestAddress();
    }

    private void offer(int number) {
        DmaBuffer request = arena.allocate(Integer.BYTES, 4);
        DmaBuffer answer = arena.allocate(Integer.BYTES, 4);
        memory.putLe32(request.offset(), number);
        buffers.add(answer);
        assertThat(driver.offer(new BufferChain(2).addReadable(request).addWritable(answer), number))
                .isNotNegative();
    }

    private void poll() {
        driver.poll(
                (token, written) -> {
                    assertThat(written).isEqualTo(Integer.BYTES);
                    int answer = memory.getLe32(buffers.get((int) token - 1).offset());
                    assertThat(answers.put(token, answer))
                            .as("token %d came back before", token)
                            .isNull();
                },
                QUEUE_SIZE);
    }

    private String run(QueueConfig config, String which) throws IOException, InterruptedException {
        QueueAddresses at = config.addresses();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HalfwayProgram.class.getName(),
                        folder.resolve("memory").toString(),
                        folder.resolve("state").toString(),
                        config.format().name(),
                        String.valueOf(config.size()),
                        String.valueOf(at.descriptorArea()),
                        String.valueOf(at.driverArea()),
                        String.valueOf(at.deviceArea()),
                        which)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }
}
