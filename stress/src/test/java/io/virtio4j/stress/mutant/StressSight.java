// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** That a stress test shows a mutant, and in how many samples it was seen to on either Java; 0 where no count was kept. */
record StressSight(Mutant mutant, String test, long on17, long on25) {
    /** {@return one for each mutant that a stress test says to show} */
    static List<StressSight> all() throws IOException {
        MeasuredCounts on17 = MeasuredCounts.on(17);
        MeasuredCounts on25 = MeasuredCounts.on(25);
        Map<String, Mutant> byId = Mutants.all().stream().collect(Collectors.toMap(Mutant::id, Function.identity()));
        List<StressSight> sights = new ArrayList<>();
        StressTests.shown()
                .forEach((test, ids) -> ids.stream().map(byId::get).forEach(mutant -> {
                    long seen17 = on17.seen(test, mutant).orElse(0);
                    long seen25 = on25.seen(test, mutant).orElse(0);
                    sights.add(new StressSight(mutant, test, seen17, seen25));
                }));
        return sights;
    }

    String text() {
        return String.format(Locale.ROOT, "`%s` %,d, %,d", test, on17, on25);
    }
}
