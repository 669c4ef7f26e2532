// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * The middle of what was measured, and how sure that is.
 *
 * @param median the middle value
 * @param low95 with a probability of at least 95 % the true median is not below this; null if there are fewer than six values
 * @param high95 nor above this
 * @param least the least value
 * @param greatest the greatest
 * @param count how many values
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Median(
        double median, @Nullable Double low95, @Nullable Double high95, double least, double greatest, int count) {
    private static final double TAIL = 0.025;

    /**
     * Of at least one value. The interval lies between two of the values, by their ranks: nothing is assumed of how they
     * are distributed but that each is above the true median as likely as below it.
     */
    public static Median of(DoubleStream unsorted) {
        double[] values = unsorted.sorted().toArray();
        int count = values.length;
        double middle = (values[(count - 1) / 2] + values[count / 2]) / 2;
        int outside = ranksOutside(count);
        return new Median(
                middle,
                outside == 0 ? null : values[outside - 1],
                outside == 0 ? null : values[count - outside],
                values[0],
                values[count - 1],
                count);
    }

    /**
     * {@return the greatest rank k for which fewer than k of so many tosses of a coin are heads with a probability of 2.5 % at
     * most; 0 if there is none}
     */
    static int ranksOutside(int count) {
        double logTerm = -count * Math.log(2);
        double below = 0;
        int rank = 0;
        while (rank < count) {
            below += Math.exp(logTerm);
            if (below > TAIL) {
                break;
            }
            logTerm += Math.log((double) (count - rank) / (rank + 1));
            rank++;
        }
        return rank;
    }
}
