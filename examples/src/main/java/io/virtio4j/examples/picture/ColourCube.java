// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Counts the colours of pictures in a coarse cube and reduces them to a few: the group of colours with the largest error is split
 * until there are enough groups, and each group is stood for by its mean (median cut by variance).
 */
final class ColourCube {

    private static final int BITS = 6;
    private static final int SIDE = 1 << BITS;
    private static final int DROPPED = 8 - BITS;
    private static final int HALF = 1 << (DROPPED - 1);

    /** How many cells the cube has. */
    static final int CELLS = SIDE * SIDE * SIDE;

    // The eye sees a step in green best and one in blue least.
    private static final int[] CHANNEL_WEIGHTS = {3, 6, 1};

    private final int[] counts = new int[CELLS];

    /** A colour of the pictures with its weight. */
    private record Entry(int colour, double weight) {

        int channel(int index) {
            return (colour >> (16 - 8 * index)) & 0xFF;
        }
    }

    /** The cell of a colour. */
    static int cellOf(int colour) {
        return ((Rgb.red(colour) >> DROPPED) << (2 * BITS))
                | ((Rgb.green(colour) >> DROPPED) << BITS)
                | (Rgb.blue(colour) >> DROPPED);
    }

    /** The colour in the middle of a cell. */
    static int middleOf(int cell) {
        int red = ((cell >> (2 * BITS)) << DROPPED) | HALF;
        int green = (((cell >> BITS) & (SIDE - 1)) << DROPPED) | HALF;
        int blue = ((cell & (SIDE - 1)) << DROPPED) | HALF;
        return Rgb.of(red, green, blue);
    }

    /** The index of the colour that looks most like a given one. */
    static int nearest(int[] colours, int colour) {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < colours.length; i++) {
            int red = Rgb.red(colours[i]) - Rgb.red(colour);
            int green = Rgb.green(colours[i]) - Rgb.green(colour);
            int blue = Rgb.blue(colours[i]) - Rgb.blue(colour);
            int distance = CHANNEL_WEIGHTS[0] * red * red
                    + CHANNEL_WEIGHTS[1] * green * green
                    + CHANNEL_WEIGHTS[2] * blue * blue;
            if (distance < least) {
                least = distance;
                best = i;
            }
        }
        return best;
    }

    void add(int[] pixels) {
        for (int pixel : pixels) {
            counts[cellOf(pixel)]++;
        }
    }

    int[] reduce(int mostColours) {
        List<Entry> all = entries();
        if (all.isEmpty()) {
            throw new IllegalArgumentException("a palette needs at least one pixel to stand for");
        }
        List<Group> groups = new ArrayList<>(List.of(new Group(all)));
        while (groups.size() < mostColours) {
            Group worst = groups.stream()
                    .max(Comparator.comparingDouble(group -> group.error))
                    .orElseThrow();
            if (worst.error <= 0) {
                break;
            }
            groups.remove(worst);
            groups.addAll(worst.split());
        }
        return groups.stream().mapToInt(Group::mean).toArray();
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int cell = 0; cell < CELLS; cell++) {
            if (counts[cell] > 0) {
                // By the root of the count: a large plain area must not take all colours from the small ones.
                entries.add(new Entry(middleOf(cell), Math.sqrt(counts[cell])));
            }
        }
        return entries;
    }

    private static int pack(double[] sums, double weight) {
        return Rgb.of((int) (sums[0] / weight + 0.5), (int) (sums[1] / weight + 0.5), (int) (sums[2] / weight + 0.5));
    }

    private static final class Group {

        private final List<Entry> entries;
        private final double[] sums = new double[3];
        private final double weight;
        private final int widest;
        private final double error;

        Group(List<Entry> entries) {
            this.entries = entries;
            this.weight = entries.stream().mapToDouble(Entry::weight).sum();
            double largest = -1;
            double total = 0;
            int where = 0;
            for (int channel = 0; channel < 3; channel++) {
                for (Entry entry : entries) {
                    sums[channel] += entry.weight * entry.channel(channel);
                }
                double mean = sums[channel] / weight;
                double variance = 0;
                for (Entry entry : entries) {
                    double off = entry.channel(channel) - mean;
                    variance += CHANNEL_WEIGHTS[channel] * entry.weight * off * off;
                }
                if (variance > largest) {
                    largest = variance;
                    where = channel;
                }
                total += variance;
            }
            this.widest = where;
            // A single colour has no error; rounding must not make it look splittable.
            this.error = entries.size() == 1 ? 0 : total;
        }

        int mean() {
            return pack(sums, weight);
        }

        List<Group> split() {
            double mean = sums[widest] / weight;
            List<Entry> low = new ArrayList<>();
            List<Entry> high = new ArrayList<>();
            for (Entry entry : entries) {
                (entry.channel(widest) <= mean ? low : high).add(entry);
            }
            return List.of(new Group(low), new Group(high));
        }
    }
}
