// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.request.RequestAnswer;
import io.virtio4j.wire.BlkLifetimeLayout;
import io.virtio4j.wire.BlkRequestLayout;

/** What a device may say of itself. VirtIO 1.2, 5.2.6 Device Operation. */
enum Answers implements Effect {
    /** ASCII, and NUL from the first NUL on; so much of it as there is room for. */
    ID {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            int length = Math.min(dataBytes(answer), BlkRequestLayout.ID_BYTES);
            boolean ended = false;
            for (int i = 0; i < length; i++) {
                byte letter = answer.writable()[i];
                if (letter < 0 || (ended && letter != 0)) {
                    return "byte " + i + " of the id is " + (letter & 0xFF);
                }
                ended |= letter == 0;
            }
            return "";
        }
    },

    /** Three numbers, each within its range; so many of them as there is room for. */
    LIFETIME {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            int room = dataBytes(answer);
            return tooHigh(answer, room, BlkLifetimeLayout.PRE_EOL_INFO, BlkLifetimeLayout.PRE_EOL_URGENT)
                    + tooHigh(answer, room, BlkLifetimeLayout.EST_TYP_A, BlkLifetimeLayout.EST_EXCEEDED)
                    + tooHigh(answer, room, BlkLifetimeLayout.EST_TYP_B, BlkLifetimeLayout.EST_EXCEEDED);
        }
    };

    private static int dataBytes(RequestAnswer answer) {
        return answer.writable().length - BlkRequestLayout.STATUS_BYTES;
    }

    private static String tooHigh(RequestAnswer answer, int room, int offset, int highest) {
        if (offset + Short.BYTES > room) {
            return "";
        }
        int value = (answer.writable()[offset] & 0xFF) | (answer.writable()[offset + 1] & 0xFF) << Byte.SIZE;
        return value <= highest ? "" : "the lifetime's field at " + offset + " is " + value + "; ";
    }

    @Override
    public void failed(BlkDisk disk) {}
}
