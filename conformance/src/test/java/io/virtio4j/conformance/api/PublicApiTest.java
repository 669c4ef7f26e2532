// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance.api;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares what users compile against with the listings committed in {@code api}; with {@code -Dapi.update} writes them. What it
 * holds back is the change that nobody meant: one that is meant comes with its listing, and is reviewed there.
 */
class PublicApiTest {

    private static final Path FOLDER = Path.of("../api");
    private static final String UPDATE_COMMAND = "mvn -pl conformance test -Dtest=PublicApiTest -Dapi.update";

    @Test
    void isWhatWasReviewed() throws IOException {
        Map<String, String> listings = listings();
        if (System.getProperty("api.update") != null) {
            write(listings);
        }

        assertThat(committed())
                .as("modules in api, to be written anew with " + UPDATE_COMMAND)
                .hasSameSizeAs(listings);
        for (Map.Entry<String, String> listing : listings.entrySet()) {
            assertThat(FOLDER.resolve(listing.getKey()))
                    .as("public API; if the change is meant: " + UPDATE_COMMAND)
                    .hasContent(listing.getValue());
        }
    }

    private static Map<String, String> listings() throws IOException {
        return PublishedModules.all().stream()
                .collect(toMap(
                        module -> module.descriptor().name() + ".txt",
                        PublicApiTest::listing,
                        (one, other) -> {
                            throw new IllegalStateException("two modules of one name");
                        },
                        TreeMap::new));
    }

    private static String listing(ModuleReference module) {
        try {
            return ApiListing.of(module);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Path> committed() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.collect(toMap(file -> file.getFileName().toString(), identity()));
        }
    }

    private static void write(Map<String, String> listings) throws IOException {
        Files.createDirectories(FOLDER);
        for (Path old : committed().values()) {
            Files.delete(old);
        }
        for (Map.Entry<String, String> listing : listings.entrySet()) {
            Files.writeString(FOLDER.resolve(listing.getKey()), listing.getValue());
        }
    }
}
