// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress;

import io.virtio4j.stress.mutant.Mutant;
import io.virtio4j.stress.mutant.MutantLoader;
import io.virtio4j.stress.mutant.Mutants;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The same races as over the shipped code, over copies of it that were each changed at one fence: one mutant after the other.
 *
 * <p>Two system properties say otherwise: {@value #VARIANTS} names the variants that are wanted, with {@code |} between them, and
 * {@value #UNEDITED} runs the shipped code under the mutants' names, which shows that a run over mutants that are none fails.
 */
final class MutantRaces {
    private static final String VARIANTS = "stress.variants";
    private static final String UNEDITED = "stress.unedited";

    /** Each mutant is compiled by itself; to wait for that while both processors are busy would take most of a short run. */
    private static final int REHEARSALS = 3000;

    private final RaceSource[] sources;
    private final String[] labels;
    private int turn;

    private record Variant(Mutant mutant, Class<? extends RaceSource> races, String label) {
        RaceSource source() {
            MutantLoader loader = Boolean.getBoolean(UNEDITED)
                    ? MutantLoader.shipped(Race.class, RaceSource.class)
                    : MutantLoader.of(mutant, Race.class, RaceSource.class);
            return loader.make(RaceSource.class, races);
        }
    }

    private MutantRaces(List<Variant> variants) {
        List<Variant> wanted = wanted(variants);
        sources = wanted.stream().map(Variant::source).toArray(RaceSource[]::new);
        labels = wanted.stream().map(Variant::label).toArray(String[]::new);
        for (int rehearsal = 0; rehearsal < REHEARSALS; rehearsal++) {
            for (RaceSource source : sources) {
                source.next().rehearse();
            }
        }
    }

    private static List<Variant> wanted(List<Variant> all) {
        String names = System.getProperty(VARIANTS);
        if (names == null) {
            return all;
        }
        Set<String> wanted = Set.of(names.split("\\|", -1));
        List<Variant> some =
                all.stream().filter(variant -> wanted.contains(variant.label())).toList();
        if (some.isEmpty()) {
            throw new IllegalArgumentException("-D" + VARIANTS + '=' + names + " names none of "
                    + all.stream().map(Variant::label).toList());
        }
        return some;
    }

    /** All mutants of one fence, named by what was done to it, by flags and by event index. */
    static MutantRaces of(String place, Class<? extends RaceSource> byFlags, Class<? extends RaceSource> byEventIndex) {
        List<Variant> variants = new ArrayList<>();
        for (Mutant mutant : mutantsOf(place)) {
            variants.add(new Variant(mutant, byFlags, mutant.edit().label() + " by flags"));
            variants.add(new Variant(mutant, byEventIndex, mutant.edit().label() + " by event index"));
        }
        return new MutantRaces(variants);
    }

    /** All mutants of several fences, named by their ids. */
    static MutantRaces of(List<String> places, Class<? extends RaceSource> races) {
        return new MutantRaces(places.stream()
                .flatMap(place -> mutantsOf(place).stream())
                .map(mutant -> new Variant(mutant, races, mutant.id()))
                .toList());
    }

    private static List<Mutant> mutantsOf(String place) {
        return Mutants.all().stream()
                .filter(mutant -> mutant.place().name().equals(place))
                .toList();
    }

    /** The state of a sample: a race, and over which mutant. */
    abstract static class State {
        final Race race;
        final String mutant;

        State(MutantRaces all) {
            int now = all.turn;
            all.turn = now + 1 < all.sources.length ? now + 1 : 0;
            race = all.sources[now].next();
            mutant = all.labels[now];
        }
    }
}
