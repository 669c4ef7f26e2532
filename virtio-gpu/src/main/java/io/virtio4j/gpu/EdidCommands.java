// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.gpu;

import io.virtio4j.wire.GpuCommand;
import io.virtio4j.wire.GpuEdidLayout;
import io.virtio4j.wire.GpuResponse;
import java.util.Optional;

/** Asks for EDIDs. One that cannot be read is told to the error handler and absent: a display can do without. */
final class EdidCommands {
    private final GpuSession session;
    private final CommandQueue control;

    EdidCommands(GpuSession session) {
        this.session = session;
        this.control = session.control();
    }

    Optional<Edid> ask(int scanoutId) {
        CommandSlot slot = control.begin(GpuCommand.GET_EDID);
        slot.putLe32(GpuEdidLayout.SCANOUT_ID, scanoutId);
        try {
            control.run(slot, GpuEdidLayout.REQUEST_BYTES, GpuResponse.OK_EDID, GpuEdidLayout.RESPONSE_BYTES);
        } catch (GpuCommandException | GpuDeviceException e) {
            // A device that has failed as a whole is no matter of its EDIDs.
            control.check();
            session.errorHandler().onError(e);
            return Optional.empty();
        }
        int size = slot.responseLe32(GpuEdidLayout.SIZE);
        if (size < 0 || size > GpuEdidLayout.EDID_BYTES) {
            return unusable(scanoutId, "it has " + Integer.toUnsignedLong(size) + " bytes");
        }
        byte[] bytes = new byte[size];
        slot.responseBytes(GpuEdidLayout.EDID, bytes);
        try {
            Edid edid = Edid.of(bytes);
            if (!edid.isChecksumOk()) {
                tell(scanoutId, "is doubtful", "its checksum is wrong");
            }
            return Optional.of(edid);
        } catch (IllegalArgumentException e) {
            return unusable(scanoutId, String.valueOf(e.getMessage()));
        }
    }

    private Optional<Edid> unusable(int scanoutId, String reason) {
        tell(scanoutId, "is not used", reason);
        return Optional.empty();
    }

    private void tell(int scanoutId, String what, String reason) {
        session.errorHandler()
                .onError(new GpuDeviceException("the EDID of scanout " + scanoutId + " " + what + ": " + reason));
    }
}
