// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkRequestType;
import io.virtio4j.wire.BlkStatus;
import io.virtio4j.wire.DeviceStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** What block devices answer, and none should. VirtIO 1.2, 5.2.6 Device Operation. For {@link HonestBlk}. */
public final class BlkDeviceCases {
    private static final String STATUS = "block status";
    private static final String LENGTH = "block used length";
    private static final String SILENCE = "block silence";
    private static final String RING = "block ring";
    private static final int ANY = -1;

    private BlkDeviceCases() {}

    /** {@return cases for drivers of block devices; not those of rings, which are the same for all drivers} */
    public static List<HostileCase<DevicePort>> all() {
        List<HostileCase<DevicePort>> all = new ArrayList<>();
        all.addAll(statuses());
        all.addAll(BlkStatusCases.all());
        all.addAll(lengths());
        all.addAll(silence());
        all.addAll(rings());
        all.addAll(BlkConfigCases.all());
        all.addAll(BlkRuleCases.all());
        return List.copyOf(all);
    }

    static int type(byte[] request) {
        return ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).getInt(BlkRequestLayout.TYPE);
    }

    private static void answer(DevicePort port, int type, UnaryOperator<byte[]> change) {
        DeviceCases.onAnswer(
                port, (request, honest) -> type == ANY || type(request) == type ? change.apply(honest) : honest);
    }

    private static HostileCase<DevicePort> status(String id, String violates, int type, int status) {
        return DeviceCases.of(
                "blk-" + id,
                STATUS,
                "BLK-DEV-STATUS-CODES",
                violates,
                Verdict.REJECTED,
                port -> answer(port, type, honest -> {
                    honest[honest.length - 1] = (byte) status;
                    return honest;
                }));
    }

    private static List<HostileCase<DevicePort>> statuses() {
        return List.of(
                status("io-error-to-everything", "Every request ends with an I/O error.", ANY, BlkStatus.IOERR),
                status("everything-unsupported", "No request is supported.", ANY, BlkStatus.UNSUPP),
                DeviceCases.of(
                        "blk-id-of-20-letters",
                        STATUS,
                        "BLK-DEV-GET-ID-FORMAT",
                        "The id fills its room, with no NUL at its end.",
                        Verdict.SERVED,
                        port -> answer(port, BlkRequestType.GET_ID, honest -> {
                            Arrays.fill(honest, 0, BlkRequestLayout.ID_BYTES, (byte) 'x');
                            return honest;
                        })),
                DeviceCases.of(
                        "blk-id-of-no-letters",
                        STATUS,
                        "BLK-DEV-GET-ID-FORMAT",
                        "The id consists of bytes that are no ASCII.",
                        Verdict.SERVED,
                        port -> answer(port, BlkRequestType.GET_ID, honest -> {
                            Arrays.fill(honest, 0, BlkRequestLayout.ID_BYTES, (byte) 0xFE);
                            return honest;
                        })),
                DeviceCases.of(
                        "blk-lifetime-reserved",
                        STATUS,
                        "BLK-DEV-LIFETIME-FORMAT BLK-DEV-LIFETIME-NO-RESERVED",
                        "All values of the lifetime are reserved ones.",
                        Verdict.SERVED,
                        port -> answer(port, BlkRequestType.GET_LIFETIME, honest -> {
                            Arrays.fill(honest, 0, honest.length - 1, (byte) 0xFF);
                            return honest;
                        })));
    }

    private static HostileCase<DevicePort> length(String id, String violates, Verdict verdict, UseLength length) {
        return DeviceCases.of(
                "blk-" + id,
                LENGTH,
                "CORE-DEV-USED-LENGTH SPLIT-DRV-NO-TRUST-PAST-LEN",
                violates,
                verdict,
                port -> port.onUse((ring, chain, written) -> ring.use(chain, length.of(written))));
    }

    private interface UseLength {
        int of(int writtenBytes);
    }

    private static List<HostileCase<DevicePort>> lengths() {
        return List.of(
                length(
                        "used-length-without-status",
                        "The used length of every request ends before the status, which proves itself.",
                        Verdict.SERVED,
                        written -> written - 1),
                length(
                        "used-length-of-status-alone",
                        "The used length is 1 for reads too.",
                        Verdict.REJECTED,
                        written -> 1),
                length(
                        "used-length-one-too-long",
                        "The used length is a byte more than the request has room for.",
                        Verdict.NEEDS_RESET,
                        written -> written + 1),
                length("used-length-is-2-to-31", "The used length is 2^31.", Verdict.NEEDS_RESET, written -> 1 << 31),
                DeviceCases.of(
                        "blk-read-data-never-written",
                        LENGTH,
                        "SPLIT-DRV-NO-TRUST-PAST-LEN BLK-DEV-STATUS-CODES",
                        "Reads end with OK, no byte of data is written, and the used length says so.",
                        Verdict.REJECTED,
                        port -> DeviceCases.onAnswer(port, (request, honest) -> {
                            if (type(request) == BlkRequestType.IN) {
                                port.onUse((ring, chain, written) -> {
                                    chain.write(chain.writableBytes() - 1, new byte[] {BlkStatus.OK});
                                    ring.use(chain, chain.writableBytes() > 1 ? 1 : written);
                                });
                                return new byte[0];
                            }
                            return honest;
                        })),
                DeviceCases.of(
                        "blk-id-shorter-than-its-room",
                        LENGTH,
                        "BLK-DEV-GET-ID-FORMAT SPLIT-DRV-NO-TRUST-PAST-LEN",
                        "Of an id five bytes are written, and the used length counts them and the status.",
                        Verdict.REJECTED,
                        port -> port.onUse((ring, chain, written) ->
                                ring.use(chain, written == BlkRequestLayout.ID_BYTES + 1 ? 6 : written))));
    }

    private static HostileCase<DevicePort> silent(String id, String violates, int type) {
        return DeviceCases.of(
                "blk-" + id,
                SILENCE,
                "CORE-DRV-CLEANUP-NO-ALTER CORE-DRV-CLEANUP-RESET-FIRST",
                violates,
                Verdict.REJECTED,
                port -> {
                    port.expectSilence();
                    answer(port, type, honest -> null);
                });
    }

    private static List<HostileCase<DevicePort>> silence() {
        return List.of(
                silent("no-answer-at-all", "No request is ever answered.", ANY),
                silent("no-answer-to-a-read", "No read is ever answered.", BlkRequestType.IN),
                silent("no-answer-to-a-flush", "No flush is ever answered.", BlkRequestType.FLUSH),
                silent("no-answer-to-an-id", "The disk never tells its id.", BlkRequestType.GET_ID),
                DeviceCases.of(
                        "blk-answers-one-turn-late",
                        SILENCE,
                        "CORE-DRV-CLEANUP-NO-ALTER",
                        "Each request is taken at one turn, and answered at the next.",
                        Verdict.SERVED,
                        port -> {
                            answer(port, ANY, honest -> null);
                            port.onTurn(port::releaseKept);
                        }),
                DeviceCases.of(
                        "blk-needs-reset-with-requests-in-flight",
                        SILENCE,
                        "CORE-DEV-NEEDS-RESET-NOTIFY CORE-DRV-NEEDS-RESET-DISTRUST",
                        "The device keeps a read, needs a reset and says so.",
                        Verdict.NEEDS_RESET,
                        port -> answer(port, BlkRequestType.IN, honest -> {
                            port.registers().needsResetFrom(DeviceStatus.DRIVER_OK);
                            port.configChange();
                            return null;
                        })),
                DeviceCases.afterOpen(
                        "blk-needs-reset-later",
                        SILENCE,
                        "CORE-DEV-NEEDS-RESET-NOTIFY CORE-DRV-NEEDS-RESET-DISTRUST",
                        "DEVICE_NEEDS_RESET is set before the first request, and told of.",
                        Verdict.NEEDS_RESET,
                        port -> {
                            port.registers().needsResetFrom(DeviceStatus.DRIVER_OK);
                            port.configChange();
                        }));
    }

    private static List<HostileCase<DevicePort>> rings() {
        return List.of(
                DeviceCases.ofRing(
                        "blk-used-id-of-nothing",
                        RING,
                        "SPLIT-DEV-USED-ELEM PACKED-DEV-USE-ONLY-AVAIL",
                        "A used buffer is named that was never offered.",
                        Verdict.NEEDS_RESET,
                        port -> port.onUse((ring, chain, written) -> ring.useAs(15, chain, written))),
                DeviceCases.ofRing(
                        "blk-used-twice",
                        RING,
                        "SPLIT-DEV-USED-ELEM PACKED-DEV-ONE-USED-PER-LIST",
                        "A request is used twice in a row.",
                        Verdict.NEEDS_RESET,
                        port -> port.onUse((ring, chain, written) -> {
                            ring.use(chain, written);
                            ring.use(chain, written);
                        })),
                DeviceCases.ofRing(
                        "blk-header-overwritten",
                        RING,
                        "SPLIT-DEV-NO-WRITE-READABLE PACKED-DEV-NO-WRITE-READABLE",
                        "Headers, and data to write, are overwritten when they have been read.",
                        Verdict.SERVED,
                        port -> port.onUse((ring, chain, written) -> {
                            chain.scribbleHead(0xFF, BlkRequestLayout.HEADER_BYTES);
                            ring.use(chain, written);
                        })));
    }
}
