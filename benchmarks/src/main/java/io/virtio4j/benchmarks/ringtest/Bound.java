// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtio4j.examples.measure.Median;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a ring has to reach, and whether it did.
 *
 * @param ring whose time
 * @param over over whose; empty where it is allocation that is bounded
 * @param outstanding with how many buffers under way
 * @param atMost the bound
 * @param measured the median ratio, or bytes a buffer; null if there is none
 * @param low95 where the interval of the median begins; null if there is none
 * @param high95 where it ends
 * @param verdict what came of it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Bound(
        String ring,
        String over,
        int outstanding,
        double atMost,
        @Nullable Double measured,
        @Nullable Double low95,
        @Nullable Double high95,
        Verdict verdict) {
    private static final int DEEP = 256;

    /** Less than that is the harness's own, spread over the buffers of a slice. */
    private static final double NO_BYTES = 0.01;

    /** A bound that nothing was measured for, whether for want of steady slices or of the ring, is not reached. */
    enum Verdict {
        PASS,
        FAIL,
        NOT_MEASURED
    }

    /** {@return every bound, judged by these rows} */
    static List<Bound> judge(List<Row> rows) {
        List<Bound> bounds = new ArrayList<>();
        bounds.add(ratio(rows, "split", "agrona", DEEP, 0.45));
        bounds.add(ratio(rows, "split", "jctools", DEEP, 0.6));
        bounds.add(ratio(rows, "split-each", "agrona", DEEP, 1.3));
        bounds.add(ratio(rows, "packed", "jctools", DEEP, 0.5));
        bounds.add(ratio(rows, "split-inorder", "split", DEEP, 1));
        bounds.add(ratio(rows, "split", CProgram.NAME, DEEP, 1.1));
        bounds.add(ratio(rows, "split", "pingpong2", 1, 2.2));
        bounds.add(ratio(rows, "packed", "pingpong1", 1, 1.4));
        bounds.add(ratio(rows, "split", CProgram.NAME, 1, 1.1));
        bounds.add(allocation(rows, "split", DEEP));
        bounds.add(allocation(rows, "packed", DEEP));
        return bounds;
    }

    private static @Nullable Row find(List<Row> rows, String ring, int outstanding) {
        return rows.stream()
                .filter(row -> row.ring().equals(ring) && row.outstanding() == outstanding)
                .findFirst()
                .orElse(null);
    }

    /** It passes when the interval reaches the bound: the true median may then be as low. */
    private static Bound ratio(List<Row> rows, String ring, String over, int outstanding, double atMost) {
        Row row = find(rows, ring, outstanding);
        Ratio ratio = row == null ? null : row.ratios().get(over);
        Median steady = ratio == null ? null : ratio.steady();
        if (steady == null || steady.low95() == null) {
            Double median = steady == null ? null : steady.median();
            return new Bound(ring, over, outstanding, atMost, median, null, null, Verdict.NOT_MEASURED);
        }
        Verdict verdict = steady.low95() <= atMost ? Verdict.PASS : Verdict.FAIL;
        return new Bound(ring, over, outstanding, atMost, steady.median(), steady.low95(), steady.high95(), verdict);
    }

    private static Bound allocation(List<Row> rows, String ring, int outstanding) {
        Row row = find(rows, ring, outstanding);
        Double bytes = row == null ? null : row.bytesPerBuffer();
        Verdict verdict = bytes == null ? Verdict.NOT_MEASURED : bytes < NO_BYTES ? Verdict.PASS : Verdict.FAIL;
        return new Bound(ring, "", outstanding, 0, bytes, null, null, verdict);
    }
}
