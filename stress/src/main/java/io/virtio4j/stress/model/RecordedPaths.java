// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the real code does on each path, access by access and fence by fence, as the recorders of the order tests have written
 * it down. Those tests compare it with the code at each build.
 */
final class RecordedPaths {
    private static final Map<String, List<String>> PATHS = new LinkedHashMap<>();

    static {
        read("queues.txt");
        read("registers.txt");
    }

    private RecordedPaths() {}

    private static void read(String resource) {
        try (InputStream in = RecordedPaths.class.getResourceAsStream(resource);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            List<String> path = List.of();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("  ")) {
                    path.add(line.strip());
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    path = new ArrayList<>();
                    PATHS.put(line, path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /** The lines of a path. */
    static List<String> path(String name) {
        List<String> path = PATHS.get(name);
        if (path == null) {
            throw new IllegalArgumentException("no path '" + name + "' was recorded; there are " + PATHS.keySet());
        }
        return path;
    }

    /** The names of all paths. */
    static List<String> names() {
        return List.copyOf(PATHS.keySet());
    }
}
