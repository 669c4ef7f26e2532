// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.blk;

import io.virtio4j.sim.hostile.request.RequestAnswer;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/**
 * What a request does to the disk, or fetches from it, if the device answers that it has done it; and which sectors it
 * names, where a failed one may have left anything.
 */
sealed interface Effect permits Answers, Effect.None, Effect.Reads, Effect.Writes, Effect.Zeroes, Effect.Forgets {
    /** Nothing changes, whatever is answered. */
    Effect NONE = new None();

    /** The answer was OK. Returns what is wrong with it, or an empty text. */
    String done(BlkDisk disk, RequestAnswer answer);

    /** The answer was an I/O error, or there was no room for one. */
    void failed(BlkDisk disk);

    /** See {@link Effect#NONE}. */
    record None() implements Effect {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            return "";
        }

        @Override
        public void failed(BlkDisk disk) {}
    }

    /**
     * The first writable bytes are sectors of the disk.
     *
     * @param sector the first
     * @param skippedBytes how many of the last data bytes the chain has overwritten itself, by lying on top of them
     */
    record Reads(ToLongFunction<BlkDisk> sector, int skippedBytes) implements Effect {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            int dataBytes = answer.writable().length - 1;
            long first = sector.applyAsLong(disk);
            for (int at = 0; at < dataBytes; at += BlkRequests.SECTOR_BYTES) {
                long here = first + at / BlkRequests.SECTOR_BYTES;
                int length = Math.min(BlkRequests.SECTOR_BYTES, dataBytes - skippedBytes - at);
                if (disk.model().isKnown(here)
                        && !Arrays.equals(disk.model().sector(here), 0, length, answer.writable(), at, at + length)) {
                    return "the data read from sector " + here + " is not what lies there";
                }
            }
            return "";
        }

        @Override
        public void failed(BlkDisk disk) {}
    }

    /**
     * Data lies on the disk.
     *
     * @param sector from here on
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Writes(ToLongFunction<BlkDisk> sector, byte[] data) implements Effect {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            disk.model().put(sector.applyAsLong(disk), data);
            return "";
        }

        @Override
        public void failed(BlkDisk disk) {
            disk.model().forget(sector.applyAsLong(disk), data.length / BlkRequests.SECTOR_BYTES);
        }
    }

    /**
     * Sectors are zero.
     *
     * @param sector the first
     * @param sectors how many, unsigned 32 bits
     */
    record Zeroes(ToLongFunction<BlkDisk> sector, ToLongFunction<BlkDisk> sectors) implements Effect {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            long count = sectors.applyAsLong(disk);
            long first = sector.applyAsLong(disk);
            disk.model().forget(first, count);
            byte[] zero = new byte[BlkRequests.SECTOR_BYTES];
            for (int i = 0; i < disk.model().watched(); i++) {
                long here = disk.model().sectorAt(i);
                if (Long.compareUnsigned(here - first, count) < 0 && here >= first) {
                    disk.model().put(here, zero);
                }
            }
            return "";
        }

        @Override
        public void failed(BlkDisk disk) {
            disk.model().forget(sector.applyAsLong(disk), sectors.applyAsLong(disk));
        }
    }

    /**
     * Sectors hold anything.
     *
     * @param sector the first
     * @param sectors how many, unsigned 32 bits
     */
    record Forgets(ToLongFunction<BlkDisk> sector, ToLongFunction<BlkDisk> sectors) implements Effect {
        @Override
        public String done(BlkDisk disk, RequestAnswer answer) {
            failed(disk);
            return "";
        }

        @Override
        public void failed(BlkDisk disk) {
            disk.model().forget(sector.applyAsLong(disk), sectors.applyAsLong(disk));
        }
    }
}
