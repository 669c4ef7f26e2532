// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.virtio4j.examples.picture.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;

/** How a report becomes a file: one object, indented, there as a whole or not at all. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * Writes a report.
     *
     * @param path the file, replaced if it is there
     * @param report a record of what Jackson knows how to write
     * @throws IOException if it cannot be written
     */
    public static void write(Path path, Object report) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        try (AtomicFile file = new AtomicFile(path)) {
            file.stream().write(mapper.writeValueAsBytes(report));
            file.stream().write('\n');
            file.commit();
        }
    }
}
