// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every type of request, ended as none should be: a table of what is asked for and what comes back. VirtIO 1.2, 5.2.6
 * Device Operation.
 */
final class BlkStatusCases {
    private static final String AREA = "block status";

    private BlkStatusCases() {}

    /**
     * A type of request.
     *
     * @param id of the case
     * @param told what the driver's user calls it
     * @param type of the header
     * @param plural in a sentence
     */
    private record Request(String id, String told, int type, String plural) {}

    private static final List<Request> REQUESTS = List.of(
            new Request("write", "write", BlkRequestType.OUT, "Writes"),
            new Request("read", "read", BlkRequestType.IN, "Reads"),
            new Request("flush", "flush", BlkRequestType.FLUSH, "Flushes"),
            new Request("id", "id", BlkRequestType.GET_ID, "Questions for the id"),
            new Request("lifetime", "lifetime", BlkRequestType.GET_LIFETIME, "Questions for the lifetime"),
            new Request("discard", "discard", BlkRequestType.DISCARD, "Discards"),
            new Request("write-zeroes", "write zeroes", BlkRequestType.WRITE_ZEROES, "Writes of zeroes"));

    static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>();
        for (Request request : REQUESTS) {
            all.add(status(request, BlkStatus.IOERR, "an I/O error"));
            all.add(status(request, BlkStatus.UNSUPP, "UNSUPP, though they are offered"));
            all.add(status(request, 3, "status 3, which is none"));
            all.add(status(request, 0x80, "status 128, negative where it is signed"));
            all.add(status(request, 0xFF, "status 255, which is none"));
            all.add(statusNeverWritten(request));
            all.add(usedLength0(request));
        }
        return List.copyOf(all);
    }

    private static HostileCase<DevicePort> status(Request request, int status, String end) {
        return DeviceCases.fails(
                "blk-status-" + status + "-of-a-" + request.id,
                AREA,
                "BLK-DEV-STATUS-CODES",
                request.plural + " end with " + end + ".",
                request.told,
                port -> answer(port, request, honest -> {
                    honest[honest.length - 1] = (byte) status;
                    return honest;
                }));
    }

    private static HostileCase<DevicePort> statusNeverWritten(Request request) {
        return DeviceCases.fails(
                "blk-status-never-written-of-a-" + request.id,
                AREA,
                "BLK-DEV-STATUS-CODES BLK-REQ-LAYOUT",
                request.plural + " end with all written but the status, and the used length counts it.",
                request.told,
                port -> {
                    answer(port, request, honest -> Arrays.copyOf(honest, honest.length - 1));
                    port.onUse((ring, chain, written) -> ring.use(chain, chain.writableBytes()));
                });
    }

    private static HostileCase<DevicePort> usedLength0(Request request) {
        return DeviceCases.fails(
                "blk-used-length-0-of-a-" + request.id,
                "block used length",
                "CORE-DEV-USED-LENGTH SPLIT-DRV-NO-TRUST-PAST-LEN",
                request.plural + " end with nothing written and a used length of 0.",
                request.told,
                port -> answer(port, request, honest -> new byte[0]));
    }

    /** How an answer is changed. */
    private interface Change {
        byte[] of(byte[] honest);
    }

    private static void answer(DevicePort port, Request request, Change change) {
        DeviceCases.onAnswer(
                port, (bytes, honest) -> BlkDeviceCases.type(bytes) == request.type ? change.of(honest) : honest);
    }
}
