// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueuePair;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.CallSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A device in a process of its own, run by {@link QueueStateProcessTest}: takes all requests of a queue in a mapped file,
 * answers those with an even number, or all, and leaves the queue's state in a second file, which it goes on from if it is
 * there.
 */
final class HalfwayProgram {
    static final long GUEST_BASE = 0x4000_0000L;

    private HalfwayProgram() {}

    /** Arguments: memory file, state file, format, queue size, three guest addresses, "even" or "all". */
    public static void main(String[] args) throws IOException {
        SharedMemory memory = map(Path.of(args[0]));
        Path stateFile = Path.of(args[1]);
        QueueConfig config = new QueueConfig(
                0,
                Integer.parseInt(args[3]),
                QueuePair.features(RingFormat.valueOf(args[2])),
                new QueueAddresses(Long.parseLong(args[4]), Long.parseLong(args[5]), Long.parseLong(args[6])));
        boolean all = args[7].equals("all");
        GuestMemory guest = GuestMemory.of(memory);
        DeviceQueue queue = Files.exists(stateFile)
                ? DeviceQueue.resume(
                        config,
                        guest,
                        QueueState.fromBytes(Files.readAllBytes(stateFile)),
                        CallSink.NONE,
                        HalfwayProgram::fail)
                : DeviceQueue.create(config, guest, CallSink.NONE, HalfwayProgram::fail);
        int handle;
        while ((handle = queue.next()) >= 0) {
            DescriptorChain chain = queue.chain(handle);
            int number = chain.getLe32(0);
            System.out.print(number + " ");
            if (all || number % 2 == 0) {
                chain.putLe32(0, number * 3);
                queue.complete(handle, Integer.BYTES);
            }
        }
        Files.write(stateFile, queue.stop().toBytes());
    }

    static SharedMemory map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return SharedMemory.wrap(channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size()), GUEST_BASE);
        }
    }

    private static void fail(Throwable error) {
        throw new AssertionError(error);
    }
}
