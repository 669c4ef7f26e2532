// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which processors there are for this process, and how a thread is bound to one: {@code sched_setaffinity}, so Linux only. */
final class Cpus {
    private static final int WORDS = 16;

    /** The C library. With the process id 0, the calling thread is meant. */
    interface Scheduling extends Library {
        int sched_setaffinity(int thread, NativeLong maskBytes, long[] mask) throws LastErrorException;

        int sched_getaffinity(int thread, NativeLong maskBytes, long[] mask) throws LastErrorException;
    }

    private Cpus() {}

    private static Scheduling scheduling() {
        return Native.load("c", Scheduling.class);
    }

    /**
     * Binds the calling thread to a processor.
     *
     * @return why it could not be done, or an empty string if it was
     */
    static String pin(int cpu) {
        if (cpu < 0 || cpu >= WORDS * Long.SIZE) {
            return "there is no processor " + cpu;
        }
        long[] mask = new long[WORDS];
        mask[cpu / Long.SIZE] = 1L << cpu;
        try {
            scheduling().sched_setaffinity(0, new NativeLong(WORDS * Long.BYTES), mask);
            return "";
        } catch (LastErrorException | UnsatisfiedLinkError e) {
            return "sched_setaffinity to processor " + cpu + ": " + e.getMessage();
        }
    }

    /** {@return the processors that this process may use; none if that cannot be asked} */
    static List<Integer> allowed() {
        long[] mask = new long[WORDS];
        try {
            scheduling().sched_getaffinity(0, new NativeLong(WORDS * Long.BYTES), mask);
        } catch (LastErrorException | UnsatisfiedLinkError e) {
            return List.of();
        }
        List<Integer> cpus = new ArrayList<>();
        for (int cpu = 0; cpu < WORDS * Long.SIZE; cpu++) {
            if ((mask[cpu / Long.SIZE] >>> cpu & 1) != 0) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    /**
     * Chooses processors for two threads: the first one allowed, and the next that is not the same core.
     *
     * @return two numbers; none if there are fewer than two processors
     */
    static List<Integer> two(List<Integer> allowed) {
        if (allowed.size() < 2) {
            return List.of();
        }
        int first = allowed.get(0);
        String siblings = siblings(first);
        int second = allowed.stream()
                .skip(1)
                .filter(cpu -> siblings.isEmpty() || !siblings.equals(siblings(cpu)))
                .findFirst()
                .orElse(allowed.get(1));
        return List.of(first, second);
    }

    private static String siblings(int cpu) {
        try {
            return Files.readString(Path.of("/sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list"));
        } catch (IOException e) {
            // Not told on every machine; then any other processor will do.
            return "";
        }
    }
}
