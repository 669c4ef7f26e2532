// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.BlkCacheMode;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.Features;
import org.jspecify.annotations.Nullable;

/**
 * What the queues of a disk share, none of it for the path of a request: the device's registers, its configuration, the arena
 * of the rings.
 *
 * <p>Any thread. One at a time gets in, since a transport and an arena take one; a request never does, but for the first one
 * after the configuration has changed.
 */
final class DiskSession {
    private final Transport transport;
    private final DmaArena arena;
    private final BlkOptions options;
    private Started started;
    private BlkConfig config;
    private boolean up = true;

    /** What the user chose last; a reset forgets it, and the next bring-up chooses it again. */
    private @Nullable Boolean chosenWriteback;

    DiskSession(Transport transport, DmaArena arena, BlkOptions options) {
        this.transport = transport;
        this.arena = arena;
        this.options = options;
        this.started = BringUp.start(transport, arena, options, 1);
        this.config = started.config();
    }

    synchronized Started started() {
        return started;
    }

    synchronized Features features() {
        return started.features();
    }

    BlkOptions options() {
        return options;
    }

    // --- configuration -----------------------------------------------------------------------------------------

    /** {@return the configuration as it is now} */
    synchronized BlkConfig config() {
        if (up && started.health().takeConfigChanged()) {
            config = BlkConfig.read(started.session());
        }
        return config;
    }

    /** {@return the configuration, read again} */
    synchronized BlkConfig reread() {
        if (up) {
            config = BlkConfig.read(started.session());
        }
        return config;
    }

    synchronized void setWriteback(boolean writeback) {
        if (!started.features().has(BlkFeatureBits.CONFIG_WCE)) {
            throw new UnsupportedOperationException("the device's cache mode cannot be chosen");
        }
        BlkDeviceException.throwIfFailed(started.health());
        chosenWriteback = writeback;
        writeWriteback(writeback);
    }

    /** VirtIO 1.2, 5.2.5.2 and 5.2.6.1: the only field that a driver writes. */
    private void writeWriteback(boolean writeback) {
        byte mode = (byte) (writeback ? BlkCacheMode.WRITEBACK : BlkCacheMode.WRITETHROUGH);
        transport.writeConfig(BlkConfigLayout.WRITEBACK, new byte[] {mode});
        config = BlkConfig.read(started.session());
        if (config.writeback() != writeback) {
            throw new TransportException("the device was asked for " + (writeback ? "writeback" : "writethrough")
                    + " and stays at " + (writeback ? "writethrough" : "writeback"));
        }
    }

    // --- one queue ---------------------------------------------------------------------------------------------

    synchronized boolean needsReset() {
        return up && started.session().needsReset();
    }

    synchronized void resetQueue(ActiveQueue active) {
        started.session().resetQueue(active);
    }

    synchronized ActiveQueue setUpQueue(int index, int size, QueueParts parts) {
        return BringUp.setUpQueue(started.session(), index, size, arena, options, parts.calls(), parts.health());
    }

    // --- the whole device --------------------------------------------------------------------------------------

    /** Resets the device: afterwards it owns nothing any more. May be tried again if it fails. */
    synchronized void shutDown() {
        if (up) {
            started.session().close();
            up = false;
        }
    }

    /** Brings a device up that was shut down. */
    synchronized Started bringUp() {
        started = BringUp.start(transport, arena, options, started.queues().size());
        config = started.config();
        up = true;
        return started;
    }

    /** After a bring-up: the cache mode is what the user chose again, not what the device begins with. */
    synchronized void restoreCacheMode() {
        Boolean writeback = chosenWriteback;
        if (writeback != null && started.features().has(BlkFeatureBits.CONFIG_WCE) && config.writeback() != writeback) {
            writeWriteback(writeback);
        }
    }

    /** Gives the memory of a queue back, whose device was shut down. */
    synchronized void free(QueueParts parts) {
        parts.free();
    }
}
