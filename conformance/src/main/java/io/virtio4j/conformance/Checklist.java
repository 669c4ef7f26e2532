// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The clauses in the order of the file. */
final class Checklist {

    private final Map<String, ClauseRow> rows;

    private Checklist(Map<String, ClauseRow> rows) {
        this.rows = rows;
    }

    static Checklist read(Path file) {
        Map<String, ClauseRow> rows = new LinkedHashMap<>();
        for (List<String> cells : Tsv.read(file, "id", "section", "party", "level", "area", "statement", "test_hint")) {
            ClauseRow row =
                    new ClauseRow(cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4), cells.get(5));
            if (rows.put(row.id(), row) != null) {
                throw new IllegalArgumentException(file + ": " + row.id() + " stands there twice");
            }
        }
        return new Checklist(rows);
    }

    boolean contains(String id) {
        return rows.containsKey(id);
    }

    Collection<ClauseRow> rows() {
        return Collections.unmodifiableCollection(rows.values());
    }
}
