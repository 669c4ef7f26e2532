// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.memory;

import java.nio.ByteBuffer;

/** A user's program, run by {@link MissingFlagTest} without the flag that the memory needs. */
final class NoFlagProgram {
    private NoFlagProgram() {}

    public static void main(String[] args) {
        try {
            SharedMemory memory = args[0].equals("wrap")
                    ? SharedMemory.wrap(ByteBuffer.allocateDirect(4096).alignedSlice(16), 0)
                    : SharedMemory.allocate(4096, 0);
            System.out.println("made " + memory);
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
