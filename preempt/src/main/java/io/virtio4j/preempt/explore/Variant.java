// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A way to build the guard that can be explored, by name. */
public final class Variant {
    private final String name;
    private final String description;
    private final @Nullable Failure shows;
    private final Policy policy;
    private final List<Workload> workloads;
    private final int maxCpus;

    Variant(String name, String description, @Nullable Failure shows, Policy policy) {
        this(name, description, shows, policy, Workload.ALL, Bounds.MAX_CPUS);
    }

    Variant(
            String name,
            String description,
            @Nullable Failure shows,
            Policy policy,
            List<Workload> workloads,
            int maxCpus) {
        this.name = name;
        this.description = description;
        this.shows = shows;
        this.policy = policy;
        this.workloads = workloads;
        this.maxCpus = maxCpus;
    }

    /** {@return every variant, the plan's first, the default last} */
    public static List<Variant> all() {
        return Variants.ALL;
    }

    /**
     * Finds a variant.
     *
     * @param name its name
     * @return the variant
     */
    public static Optional<Variant> named(String name) {
        return Variants.ALL.stream().filter(v -> v.name.equals(name)).findFirst();
    }

    /** {@return the name, lower case with dashes} */
    public String name() {
        return name;
    }

    /** {@return what is different in it, half a sentence} */
    public String description() {
        return description;
    }

    /** The failure that it is known for; null where it is known to hold. */
    @Nullable
    Failure shows() {
        return shows;
    }

    Policy policy() {
        return policy;
    }

    List<Workload> workloads() {
        return workloads;
    }

    /** Some variants are about one CPU. */
    Bounds within(Bounds bounds) {
        return bounds.cpus() <= maxCpus ? bounds : bounds.withCpus(maxCpus);
    }

    @Override
    public String toString() {
        return name;
    }
}
