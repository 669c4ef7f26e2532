// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/** What the specification calls the bytes of a ring whose parts were carved one behind the other, before all payload. */
public final class RingNames {
    private RingNames() {}

    public static String of(QueueConfig config, long address, long lengthBytes) {
        QueueAddresses at = config.addresses();
        boolean packed = config.format() == RingFormat.PACKED;
        if (address >= at.deviceArea()) {
            long within = address - at.deviceArea();
            return packed ? event("device", within, lengthBytes) : used(within, config.size());
        }
        if (address >= at.driverArea()) {
            long within = address - at.driverArea();
            return packed ? event("driver", within, lengthBytes) : avail(within, config.size());
        }
        return "desc" + descriptor(address - at.descriptorArea(), lengthBytes, config.format());
    }

    static String descriptor(long at, long lengthBytes, RingFormat format) {
        boolean packed = format == RingFormat.PACKED;
        String field = switch ((int) (at % 16)) {
            case 0 -> "addr";
            case 12 -> packed ? "id" : "flags";
            case 14 -> packed ? "flags" : "next";
            default -> lengthBytes == 4 ? "len" : packed ? "len, id, flags" : "len, flags, next";
        };
        return "[" + at / 16 + "]." + field;
    }

    private static String event(String side, long at, long lengthBytes) {
        if (at >= 4) {
            return "payload";
        }
        if (at == 2) {
            return side + ".flags";
        }
        return lengthBytes == 4 ? side + ".off_wrap, flags" : side + ".off_wrap";
    }

    private static String avail(long at, int size) {
        if (at < 4) {
            return at == 0 ? "avail.flags" : "avail.idx";
        }
        return at == 4 + 2L * size ? "avail.used_event" : "avail.ring[" + (at - 4) / 2 + "]";
    }

    private static String used(long at, int size) {
        if (at < 4) {
            return at == 0 ? "used.flags" : "used.idx";
        }
        if (at >= 4 + 8L * size) {
            return at == 4 + 8L * size ? "used.avail_event" : "payload";
        }
        return "used.ring[" + (at - 4) / 8 + ((at - 4) % 8 == 0 ? "].id" : "].len");
    }
}
