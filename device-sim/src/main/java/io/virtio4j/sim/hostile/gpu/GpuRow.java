// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.gpu;

import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.sim.hostile.request.RequestChain;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuQueues;
import io.virtio4j.wire.GpuResponse;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A row of a table of GPU commands: what is sent, and what a device may answer. Put together by the table, and then not changed
 * any more.
 */
final class GpuRow {
    /** No feature has to do with it. */
    static final int ALWAYS = -1;

    /** There is no room for a response. */
    static final int NO_RESPONSE = -1;

    /** In {@link #types}: the device may take it for the end of all sense, and needs a reset. */
    static final int GIVES_UP = -2;

    /** Any error: the specification names the codes and seldom says which of them a mistake earns. */
    static final Set<Integer> ANY_ERROR = Set.of(
            GpuResponse.ERR_UNSPEC,
            GpuResponse.ERR_OUT_OF_MEMORY,
            GpuResponse.ERR_INVALID_SCANOUT_ID,
            GpuResponse.ERR_INVALID_RESOURCE_ID,
            GpuResponse.ERR_INVALID_CONTEXT_ID,
            GpuResponse.ERR_INVALID_PARAMETER);

    /** The error that names it, or the one that names nothing. */
    static final Set<Integer> NO_SUCH_RESOURCE = Set.of(GpuResponse.ERR_INVALID_RESOURCE_ID, GpuResponse.ERR_UNSPEC);

    static final Set<Integer> NO_SUCH_SCANOUT = Set.of(GpuResponse.ERR_INVALID_SCANOUT_ID, GpuResponse.ERR_UNSPEC);
    static final Set<Integer> WRONG_PARAMETER = Set.of(GpuResponse.ERR_INVALID_PARAMETER, GpuResponse.ERR_UNSPEC);
    static final Set<Integer> TOO_LARGE =
            Set.of(GpuResponse.ERR_OUT_OF_MEMORY, GpuResponse.ERR_INVALID_PARAMETER, GpuResponse.ERR_UNSPEC);
    static final Set<Integer> DONE = Set.of(GpuResponse.OK_NODATA);

    /** No clause says whether it is done. */
    static final Set<Integer> DONE_OR_REFUSED = Set.of(
            GpuResponse.OK_NODATA,
            GpuResponse.ERR_UNSPEC,
            GpuResponse.ERR_OUT_OF_MEMORY,
            GpuResponse.ERR_INVALID_SCANOUT_ID,
            GpuResponse.ERR_INVALID_RESOURCE_ID,
            GpuResponse.ERR_INVALID_CONTEXT_ID,
            GpuResponse.ERR_INVALID_PARAMETER);

    /** What the scene is after the command. */
    enum Leaves {
        /** The picture with its pages, on scanout 0: a frame goes through. */
        ALL,

        /** The same if the command is refused; else it has done away with the picture or its scanout. */
        ALL_IF_REFUSED,

        /** What the case did before has done away with them. */
        RUINS
    }

    /** Looks at what a command has done. */
    @FunctionalInterface
    interface After {
        /** Throws what it finds. */
        void look(GpuScene scene, RequestAnswer answer, boolean done);
    }

    private final String id;
    private final String violates;
    private final Function<GpuScene, Command> request;
    private final Set<Integer> types;
    private List<String> clauses = List.of("GPU-DEV-RESP-TYPES");

    /** Without it any error is right. */
    private int feature = ALWAYS;

    /** The driver does not take them. */
    private Features leftOut = Features.NONE;

    private int queue = GpuQueues.CONTROL;
    private int roomBytes = GpuHeader.LENGTH_BYTES;
    private Consumer<GpuScene> before = scene -> {};
    private After after = (scene, answer, done) -> {};
    private Leaves leaves = Leaves.ALL;

    private GpuRow(String id, String violates, Function<GpuScene, Command> request, Set<Integer> types) {
        this.id = id;
        this.violates = violates;
        this.request = request;
        this.types = types;
    }

    /**
     * Begins a row.
     *
     * @param id the case's name
     * @param violates what is wrong, as a sentence
     * @param request what is sent
     * @param types what may be answered
     */
    static GpuRow of(String id, String violates, Function<GpuScene, Command> request, Set<Integer> types) {
        return new GpuRow("gpu-" + id, violates, request, types);
    }

    /** The rules that it breaks, or that the device shows to keep. */
    GpuRow clauses(String... ids) {
        clauses = List.of(ids);
        return this;
    }

    GpuRow needing(int featureBit) {
        feature = featureBit;
        return this;
    }

    GpuRow without(int... featureBits) {
        leftOut = Features.of(featureBits);
        return this;
    }

    GpuRow toCursorQueue() {
        queue = GpuQueues.CURSOR;
        return this;
    }

    /** What the case does before, as it should be. */
    GpuRow first(Consumer<GpuScene> newBefore) {
        before = newBefore;
        return this;
    }

    /** How much room there is for the response; 0 for none. */
    GpuRow room(int newRoomBytes) {
        roomBytes = newRoomBytes;
        return this;
    }

    /** Looks at the answer, and at what has become of the scene. */
    GpuRow then(After newAfter) {
        after = newAfter;
        return this;
    }

    GpuRow ruiningIfDone() {
        leaves = Leaves.ALL_IF_REFUSED;
        return this;
    }

    GpuRow leavingRuins() {
        leaves = Leaves.RUINS;
        return this;
    }

    String id() {
        return id;
    }

    String violates() {
        return violates;
    }

    List<String> clauses() {
        return clauses;
    }

    Set<Integer> types() {
        return types;
    }

    int feature() {
        return feature;
    }

    Features leftOut() {
        return leftOut;
    }

    int queue() {
        return queue;
    }

    int roomBytes() {
        return roomBytes;
    }

    Consumer<GpuScene> before() {
        return before;
    }

    Function<GpuScene, Command> request() {
        return request;
    }

    After after() {
        return after;
    }

    Leaves leaves() {
        return leaves;
    }

    boolean has(GpuScene scene) {
        return feature == ALWAYS || scene.negotiated().has(feature);
    }

    Set<Integer> typesOf(GpuScene scene) {
        return has(scene) ? types : ANY_ERROR;
    }

    /** The request and the room for its response, in two descriptors. */
    RequestChain chain(Command command) {
        RequestChain chain = new RequestChain();
        if (command.lengthBytes() > 0) {
            chain.readable(command.bytes());
        }
        return roomBytes > 0 ? chain.writable(roomBytes) : chain;
    }
}
