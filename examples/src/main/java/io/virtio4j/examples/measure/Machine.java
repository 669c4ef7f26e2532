// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * Where and when something was measured: without that, a figure says nothing.
 *
 * @param java version of the Java runtime
 * @param vm its virtual machine
 * @param os operating system and architecture
 * @param processors how many there are for this process
 * @param processor the model, or "unknown"
 * @param instant when, by UTC
 */
public record Machine(String java, String vm, String os, int processors, String processor, String instant) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** {@return this machine, now} */
    public static Machine here() {
        return new Machine(
                Runtime.version().toString(),
                System.getProperty("java.vm.name"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                model(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** Only Linux has the file, and not on every architecture does it name the model. */
    private static String model() {
        if (!Files.isReadable(CPU_INFO)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown (" + e.getMessage() + ")";
        }
    }

    @Override
    public String toString() {
        return "Java " + java + " (" + vm + "), " + processors + " processors (" + processor + "), " + os + ", "
                + instant;
    }
}
