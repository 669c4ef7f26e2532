// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.conformance;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whether each rule of one side is named by a case that was played against the other side: a rule for drivers by a case against
 * a device, and the other way round. What need not be stands in conformance/hostile-exempt.tsv, with its reason.
 */
final class HostileCoverage {
    private final Checklist checklist;
    private final Set<String> notApplicable;
    private final Map<String, ExemptReason> exempt;

    private HostileCoverage(Checklist checklist, Set<String> notApplicable, Map<String, ExemptReason> exempt) {
        this.checklist = checklist;
        this.notApplicable = notApplicable;
        this.exempt = exempt;
    }

    static HostileCoverage of(Path root) {
        Path folder = root.resolve("conformance");
        return new HostileCoverage(
                Checklist.read(folder.resolve("checklist.tsv")),
                NotApplicable.read(folder.resolve("not-applicable.tsv")).keySet(),
                exemptIn(folder.resolve("hostile-exempt.tsv")));
    }

    private static Map<String, ExemptReason> exemptIn(Path file) {
        Map<String, ExemptReason> exempt = new HashMap<>();
        for (List<String> cells : Tsv.read(file, "id", "reason")) {
            if (exempt.put(cells.get(0), ExemptReason.of(cells.get(1))) != null) {
                throw new IllegalArgumentException(file + ": " + cells.get(0) + " stands there twice");
            }
        }
        return exempt;
    }

    /** What is missing, one sentence each, sorted. */
    SortedSet<String> problems(Collection<PlayedCase> played) {
        Set<String> againstDrivers = new HashSet<>();
        Set<String> againstDevices = new HashSet<>();
        for (PlayedCase one : played) {
            (isDriver(one.party()) ? againstDrivers : againstDevices).addAll(one.clauses());
        }
        SortedSet<String> problems = new TreeSet<>();
        Set<String> rules = new HashSet<>();
        for (ClauseRow row : checklist.rows()) {
            if (!row.isRequirement() || notApplicable.contains(row.id())) {
                continue;
            }
            rules.add(row.id());
            boolean ofDrivers = row.party().equals("driver");
            Set<String> named = ofDrivers ? againstDevices : againstDrivers;
            if (!named.contains(row.id()) && !exempt.containsKey(row.id())) {
                problems.add(row.id() + ", a rule for " + row.party() + "s, is broken or asked for by no hostile "
                        + (ofDrivers ? "driver" : "device") + " and does not stand in hostile-exempt.tsv");
            }
        }
        exempt.keySet().stream()
                .filter(id -> !rules.contains(id))
                .forEach(id -> problems.add(id + " stands in hostile-exempt.tsv and is no rule that applies"));
        return problems;
    }

    /** A party is called by what it is. */
    private static boolean isDriver(String party) {
        return party.contains("driver");
    }
}
