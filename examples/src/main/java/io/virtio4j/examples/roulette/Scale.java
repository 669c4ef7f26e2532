// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.roulette;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long a bar is for a value, as a part of the longest possible. Immutable. */
final class Scale {
    private static final int LINEAR_STEPS = 5;
    private static final double[] ROUND_STEPS = {1, 2, 2.5, 5, 10};

    private final boolean logarithmic;
    private final double end;
    private final List<Mark> marks;

    /**
     * A line across the bars.
     *
     * @param part where, 0 to 1
     * @param label what it stands for
     */
    record Mark(double part, String label) {}

    private Scale(boolean logarithmic, double end, List<Mark> marks) {
        this.logarithmic = logarithmic;
        this.end = end;
        this.marks = marks;
    }

    /** From 1 to a power of ten above both values. */
    static Scale logarithmic(double one, double other) {
        int decades = (int) Math.max(1, Math.ceil(Math.log10(Math.max(one, other))));
        List<Mark> marks = new ArrayList<>();
        // With many decades not every one has a label: they must not touch.
        int step = decades > 9 ? 3 : decades > 6 ? 2 : 1;
        for (int decade = 0; decade <= decades; decade += step) {
            marks.add(new Mark((double) decade / decades, power(decade)));
        }
        return new Scale(true, decades, marks);
    }

    /** From 0 to a round number not below the value. */
    static Scale linear(double value) {
        double raw = Math.max(value, 1e-9) / LINEAR_STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = 10 * power;
        for (double round : ROUND_STEPS) {
            if (round * power >= raw) {
                step = round * power;
                break;
            }
        }
        int steps = (int) Math.ceil(value / step - 1e-9);
        int digits = Math.max(0, BigDecimal.valueOf(step).stripTrailingZeros().scale());
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i <= Math.max(1, steps); i++) {
            double at = i * step;
            marks.add(new Mark((double) i / Math.max(1, steps), String.format(Locale.ROOT, "%,." + digits + "f", at)));
        }
        return new Scale(false, Math.max(1, steps) * step, marks);
    }

    /** How long the bar of a value is, 0 to 1. */
    double part(double value) {
        double part = logarithmic ? Math.log10(Math.max(1, value)) / end : value / end;
        return Math.min(1, part);
    }

    List<Mark> marks() {
        return marks;
    }

    private static String power(int decade) {
        return decade < 6
                ? String.format(Locale.ROOT, "%,.0f", Math.pow(10, decade))
                : decade < 9
                        ? Math.round(Math.pow(10, decade - 6)) + " million"
                        : String.format(Locale.ROOT, "%,d billion", Math.round(Math.pow(10, decade - 9)));
    }
}
