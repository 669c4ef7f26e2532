// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the reviewed list of clauses that do not apply, each with its reason. */
final class NotApplicable {

    private NotApplicable() {}

    static Map<String, Reason> read(Path file) {
        Map<String, Reason> reasons = new LinkedHashMap<>();
        for (List<String> cells : Tsv.read(file, "id", "reason")) {
            if (reasons.put(cells.get(0), Reason.of(cells.get(1))) != null) {
                throw new IllegalArgumentException(file + ": " + cells.get(0) + " stands there twice");
            }
        }
        return Collections.unmodifiableMap(reasons);
    }
}
