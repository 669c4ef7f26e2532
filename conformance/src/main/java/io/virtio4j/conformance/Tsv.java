// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tab-separated values: no quoting, every line with the same number of columns. */
final class Tsv {

    private Tsv() {}

    /** Reads a file whose first line must be the given header; returns the rows after it. */
    static List<List<String>> read(Path file, String... header) {
        List<List<String>> rows = rows(file, header.length);
        if (rows.isEmpty() || !rows.get(0).equals(List.of(header))) {
            throw new IllegalArgumentException(file + ": the first line must be " + String.join("<tab>", header));
        }
        return rows.subList(1, rows.size());
    }

    /** Reads a file without a header. */
    static List<List<String>> rows(Path file, int columns) {
        return rows(file, columns, 0);
    }

    /** Reads a file but for its first few lines. */
    static List<List<String>> rows(Path file, int columns, int skipped) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : lines(file).stream().skip(skipped).toList()) {
            List<String> row = List.of(line.split("\t", -1));
            if (row.size() != columns) {
                throw new IllegalArgumentException(file + ":" + (rows.size() + skipped + 1) + ": " + row.size()
                        + " columns instead of " + columns + ": " + line);
            }
            rows.add(row);
        }
        return rows;
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }
}
