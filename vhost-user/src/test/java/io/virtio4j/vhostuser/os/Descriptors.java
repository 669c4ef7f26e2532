// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this process has open. */
public final class Descriptors {
    static {
        // With its first file channel the JDK opens a socket that it keeps.
        mappings("");
    }

    private Descriptors() {}

    /** {@return the sockets, memory files and event counters that are open} Other files open and close as the JVM likes. */
    public static List<String> open() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.map(Descriptors::target)
                    .filter(Descriptors::isOurs)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOurs(String target) {
        return Stream.of("socket:", "anon_inode:[eventfd", "/memfd:").anyMatch(target::startsWith);
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            // Closed since: the one of the listing itself.
            return "";
        }
    }

    /** {@return the mappings whose line names a file} */
    public static List<String> mappings(String name) {
        try {
            return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                    .filter(line -> line.contains(name))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
