// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import io.virtio4j.wire.GpuHeader;
import io.virtio4j.wire.GpuLayout;
import io.virtio4j.wire.GpuLayout.DisplayInfo;
import io.virtio4j.wire.GpuResponse;
import java.util.ArrayList;
import java.util.List;

/** What the driver knows of the displays, and how it learns of changes. */
final class Displays {
    private static final Display FALLBACK = new Display(0, true, 0, 0, 1024, 768);

    private final GpuSession session;
    private final CommandQueue control;
    private final EdidCommands edids;
    private List<Display> last = List.of();

    /** The device said that they changed, and has not been asked with success since. */
    private boolean stale;

    Displays(GpuSession session) {
        this.session = session;
        this.control = session.control();
        this.edids = new EdidCommands(session);
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

    /** VirtIO 1.2, 5.7.4.2 Events. */
    boolean refresh() {
        if (session.takeConfigChanged()
                && (session.readConfig(GpuConfigLayout.EVENTS_READ) & GpuConfigLayout.EVENT_DISPLAY) != 0) {
            stale = true;
            // Cleared before the question, so that a change after the answer raises it again.
            session.clearDisplayEvent();
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
        for (int i = 0; i < session.scanoutCount(); i++) {
            displays.add(read(slot, i));
        }
        if (session.features().has(GpuFeatureBits.EDID)) {
            displays.replaceAll(
                    display -> display.enabled() ? display.withEdid(edids.ask(display.scanoutId())) : display);
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
