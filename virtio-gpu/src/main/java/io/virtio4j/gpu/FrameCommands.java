// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuLayout.Flush;
import io.virtio4j.wire.GpuLayout.Transfer2d;

/** Brings pixels to the device and onto its scanouts. Nothing here allocates. */
final class FrameCommands {
    private final CommandQueue control;

    /** Of the frames that are waited for at once. */
    private final CommandBatch batch = new CommandBatch();

    FrameCommands(GpuSession session) {
        this.control = session.control();
    }

    void transfer(Resource resource, int x, int y, int width, int height, long offset) {
        resource.checkRect(x, y, width, height);
        resource.checkBacking(width, height, offset);
        control.run(beginTransfer(resource, x, y, width, height, offset), Transfer2d.LENGTH_BYTES);
        resource.setFilled();
    }

    void flush(GpuResource resource, int x, int y, int width, int height) {
        resource.checkRect(x, y, width, height);
        control.run(beginFlush(resource, x, y, width, height), Flush.LENGTH_BYTES);
    }

    void frame(Resource resource, Damage damage) {
        submit(resource, 0, damage, batch);
        await(resource, batch);
    }

    /**
     * Offers the transfers of a frame and its flush together.
     *
     * @param imageOffset where in the backing the image begins, in bytes
     * @param into a batch of which nothing is in flight
     */
    void submit(Resource resource, long imageOffset, Damage damage, CommandBatch into) {
        // All of it before anything is sent.
        for (int i = 0; i < damage.count(); i++) {
            resource.checkRect(damage.x(i), damage.y(i), damage.width(i), damage.height(i));
            long offset = imageOffset + resource.backingOffset(damage.x(i), damage.y(i));
            resource.checkBacking(damage.width(i), damage.height(i), offset);
        }
        if (damage.isEmpty()) {
            return;
        }
        try {
            for (int i = 0; i < damage.count(); i++) {
                int x = damage.x(i);
                int y = damage.y(i);
                long offset = imageOffset + resource.backingOffset(x, y);
                CommandSlot slot = beginTransfer(resource, x, y, damage.width(i), damage.height(i), offset);
                control.add(slot, Transfer2d.LENGTH_BYTES, into);
            }
            int x = damage.boundsX();
            int y = damage.boundsY();
            CommandSlot slot = beginFlush(resource, x, y, damage.boundsWidth(), damage.boundsHeight());
            control.add(slot, Flush.LENGTH_BYTES, into);
            control.submit();
        } catch (RuntimeException e) {
            control.abandon(into);
            throw e;
        }
    }

    /** Waits for a frame of {@link #submit}. */
    void await(Resource resource, CommandBatch submitted) {
        if (submitted.isInFlight() || submitted.isAnswered()) {
            control.await(submitted);
            resource.setFilled();
        }
    }

    private CommandSlot beginTransfer(Resource resource, int x, int y, int width, int height, long offset) {
        CommandSlot slot = control.begin(GpuCommand.TRANSFER_TO_HOST_2D);
        slot.putRect(Transfer2d.RECT, x, y, width, height);
        slot.putLe64(Transfer2d.OFFSET, offset);
        slot.putLe32(Transfer2d.RESOURCE_ID, resource.id());
        return slot;
    }

    private CommandSlot beginFlush(GpuResource resource, int x, int y, int width, int height) {
        CommandSlot slot = control.begin(GpuCommand.RESOURCE_FLUSH);
        slot.putRect(Flush.RECT, x, y, width, height);
        slot.putLe32(Flush.RESOURCE_ID, resource.id());
        return slot;
    }
}
