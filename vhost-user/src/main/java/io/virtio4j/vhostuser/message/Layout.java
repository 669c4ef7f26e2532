// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

import io.virtio4j.vhostuser.message.Request.SetMemTable;
import io.virtio4j.vhostuser.message.Request.SetVringCall;
import io.virtio4j.vhostuser.message.Request.SetVringErr;
import io.virtio4j.vhostuser.message.Request.SetVringKick;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Forms of payloads that several requests have, or whose length depends on what they say. */
final class Layout {
    /** The length depends on what it says. */
    static final int ANY = -1;

    static final int STATE_BYTES = 2 * Integer.BYTES;
    static final int ADDR_BYTES = 2 * Integer.BYTES + 4 * Long.BYTES;
    static final int REGION_BYTES = Long.BYTES + MemoryRegion.BYTES;

    private static final int TABLE_HEADER_BYTES = 2 * Integer.BYTES;

    private Layout() {}

    /** A region by itself has 8 bytes before it that say nothing. */
    static MemoryRegion region(ByteBuffer in) {
        in.getLong();
        return MemoryRegion.read(in);
    }

    static Incoming table(ByteBuffer in) {
        if (in.remaining() < TABLE_HEADER_BYTES) {
            return new Refusal("SET_MEM_TABLE has a payload of " + in.remaining() + " bytes");
        }
        int count = in.getInt();
        in.getInt();
        if (count < 0 || count > RequestCode.MAX_TABLE_REGIONS) {
            return new Refusal("SET_MEM_TABLE has " + Integer.toUnsignedString(count) + " regions, not 0.."
                    + RequestCode.MAX_TABLE_REGIONS);
        }
        // QEMU sends the whole table, whatever it holds.
        if (in.remaining() < count * MemoryRegion.BYTES) {
            return new Refusal("SET_MEM_TABLE has " + count + " regions in " + in.remaining() + " bytes");
        }
        List<MemoryRegion> regions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            regions.add(MemoryRegion.read(in));
        }
        return new SetMemTable(regions);
    }

    /** Whether not as many descriptors came along as the payload says. */
    static boolean fdsMissing(Incoming request, int fds) {
        if (request instanceof SetMemTable table) {
            return fds != table.regions().size();
        } else if (request instanceof SetVringKick kick) {
            return fds != (kick.hasFd() ? 1 : 0);
        } else if (request instanceof SetVringCall call) {
            return fds != (call.hasFd() ? 1 : 0);
        } else if (request instanceof SetVringErr err) {
            return fds != (err.hasFd() ? 1 : 0);
        }
        return false;
    }
}
