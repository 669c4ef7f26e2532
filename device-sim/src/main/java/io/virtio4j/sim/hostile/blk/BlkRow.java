// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.BlkStatus;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A row of a table of block requests: what is sent, and what a device may answer.
 *
 * @param id the case's name
 * @param violates what is wrong with the request, as a sentence
 * @param clauses rules that it breaks, or that the device shows to keep
 * @param feature the feature bit without which the device has to answer UNSUPP instead, or {@link #ALWAYS}
 * @param leftOut a feature bit that the driver does not take, or {@link #ALWAYS}
 * @param request what is sent
 * @param statuses what may be answered; {@link #NO_STATUS} where there is no room for one
 * @param effect what an answer of OK says to have happened
 */
record BlkRow(
        String id,
        String violates,
        List<String> clauses,
        int feature,
        int leftOut,
        Function<BlkDisk, RequestChain> request,
        Set<Integer> statuses,
        Effect effect) {
    /** No feature has to do with it. */
    static final int ALWAYS = -1;

    /** The driver left no room for a status. */
    static final int NO_STATUS = -1;

    /** The device may take it for the end of all sense, and needs a reset. */
    static final int GIVES_UP = -2;

    static final Set<Integer> DONE = Set.of(BlkStatus.OK);
    static final Set<Integer> IO_ERROR = Set.of(BlkStatus.IOERR);
    static final Set<Integer> UNSUPPORTED = Set.of(BlkStatus.UNSUPP);

    /** Not done, and no clause says which of the two codes it is. */
    static final Set<Integer> REFUSED = Set.of(BlkStatus.IOERR, BlkStatus.UNSUPP);

    /** No clause says whether it is done. */
    static final Set<Integer> DONE_OR_REFUSED = Set.of(BlkStatus.OK, BlkStatus.IOERR, BlkStatus.UNSUPP);

    /** It has no status, or no place for one. */
    static final Set<Integer> NOTHING_TO_READ = Set.of(NO_STATUS, GIVES_UP);

    /** It has no header. */
    static final Set<Integer> MALFORMED = Set.of(BlkStatus.IOERR, BlkStatus.UNSUPP, GIVES_UP);

    static BlkRow of(String id, String violates, Function<BlkDisk, RequestChain> request, Set<Integer> statuses) {
        return new BlkRow(
                id, violates, List.of("BLK-DEV-STATUS-CODES"), ALWAYS, ALWAYS, request, statuses, Effect.NONE);
    }

    BlkRow showing(Effect newEffect) {
        return new BlkRow(id, violates, clauses, feature, leftOut, request, statuses, newEffect);
    }

    BlkRow clauses(String... ids) {
        return new BlkRow(id, violates, List.of(ids), feature, leftOut, request, statuses, effect);
    }

    BlkRow needing(int featureBit) {
        return new BlkRow(id, violates, clauses, featureBit, leftOut, request, statuses, effect);
    }

    BlkRow without(int featureBit) {
        return new BlkRow(id, violates, clauses, feature, featureBit, request, statuses, effect);
    }

    /** What this device may answer, with what was negotiated. */
    Set<Integer> statusesOf(BlkDisk disk) {
        return feature == ALWAYS || disk.negotiated().has(feature) ? statuses : UNSUPPORTED;
    }
}
