// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.build.jcstress;

import java.util.ArrayList;
import java.util.List;

/** The arguments of jcstress, as its own command line takes them. */
final class Arguments {
    private final List<String> all;

    Arguments(String... all) {
        this.all = List.of(all);
    }

    /** The same with one option, of a single value, given so and not otherwise. */
    Arguments with(String option, String value) {
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).equals(option)) {
                i++;
            } else {
                changed.add(all.get(i));
            }
        }
        return new Arguments(changed.toArray(String[]::new)).and(option, value);
    }

    /** The same with one more option. */
    Arguments and(String option, String value) {
        List<String> more = new ArrayList<>(all);
        more.add(option);
        more.add(value);
        return new Arguments(more.toArray(String[]::new));
    }

    String[] toArray() {
        return all.toArray(String[]::new);
    }

    @Override
    public String toString() {
        return String.join(" ", all);
    }
}
