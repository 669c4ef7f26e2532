// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuLayout.DisplayInfo;
import io.virtio4j.wire.GpuResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What the driver knows of the displays, and how it learns of changes. */
final class Displays {
    private static final Display FALLBACK = new Display(0, true, 0, 0, 1024, 768);

    private final DriverSession session;
    private final DeviceHealth health;
    private final CommandQueue control;
    private final int scanoutCount;
    private List<Display> last = List.of();

    /** The device said that they changed, and has not been asked with success since. */
    private boolean stale;

    Displays(DriverSession session, DeviceHealth health, CommandQueue control) {
        this.session = session;
        this.health = health;
        this.control = control;
        this.scanoutCount = readScanoutCount(session);
    }

    /** A device may leave the number to others who forward its configuration: then every scanout may be there. */
    private static int readScanoutCount(DriverSession session) {
        int end = GpuConfigLayout.NUM_SCANOUTS + Integer.BYTES;
        int count = session.transport().configLengthBytes() < end
                ? 0
                : le32(session.readConfig(GpuConfigLayout.NUM_SCANOUTS, Integer.BYTES));
        return count >= 1 && count <= GpuConfigLayout.MAX_SCANOUTS ? count : GpuConfigLayout.MAX_SCANOUTS;
    }

    private static int le32(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    int scanoutCount() {
        return scanoutCount;
    }

    void checkScanout(int scanoutId) {
        if (scanoutId < 0 || scanoutId >= scanoutCount) {
            throw new IllegalArgumentException("scanout " + scanoutId + " of " + scanoutCount);
        }
    }

    List<Display> last() {
        return last;
    }

    Display preferred() {
        return last.stream().filter(Display::enabled).findFirst().orElse(FALLBACK);
    }

    /** VirtIO 1.2, 5.7.5 Device Requirements: Device Initialization. A device that reports nothing gets the fallback. */
    void askAtStart() {
        try {
            ask();
        } catch (GpuCommandException e) {
            last = List.of();
        }
    }

    boolean refresh() {
        if (health.takeConfigChanged()) {
            int events = le32(session.readConfig(GpuConfigLayout.EVENTS_READ, Integer.BYTES));
            if ((events & GpuConfigLayout.EVENT_DISPLAY) != 0) {
                stale = true;
                // Cleared before the question, so that a change after the answer raises it again.
                session.transport()
                        .writeConfig(GpuConfigLayout.EVENTS_CLEAR, new byte[] {GpuConfigLayout.EVENT_DISPLAY, 0, 0, 0});
            }
        }
        if (!stale) {
            return false;
        }
        ask();
        stale = false;
        return true;
    }

    private void ask() {
        CommandSlot slot = control.begin(GpuCommand.GET_DISPLAY_INFO);
        control.run(slot, GpuHeader.LENGTH_BYTES, GpuResponse.OK_DISPLAY_INFO, DisplayInfo.LENGTH_BYTES);
        List<Display> displays = new ArrayList<>();
        for (int i = 0; i < scanoutCount; i++) {
            displays.add(read(slot, i));
        }
        last = List.copyOf(displays);
    }

    private static Display read(CommandSlot slot, int scanoutId) {
        int at = DisplayInfo.MODES + scanoutId * DisplayInfo.MODE_BYTES;
        int rect = at + DisplayInfo.MODE_RECT;
        int width = slot.responseLe32(rect + GpuLayout.Rect.WIDTH);
        int height = slot.responseLe32(rect + GpuLayout.Rect.HEIGHT);
        // Sizes from 2^31 on are negative here, and no display.
        boolean enabled = slot.responseLe32(at + DisplayInfo.MODE_ENABLED) != 0 && width > 0 && height > 0;
        return new Display(
                scanoutId,
                enabled,
                slot.responseLe32(rect + GpuLayout.Rect.X),
                slot.responseLe32(rect + GpuLayout.Rect.Y),
                width,
                height);
    }
}
