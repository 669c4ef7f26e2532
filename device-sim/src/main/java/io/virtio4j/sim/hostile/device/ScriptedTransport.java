// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.sim.hostile.device.DevicePort.KickScript;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.DmaMapper;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.ParkStrategy;
import io.virtio4j.transport.Transport;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.concurrent.IdleStrategy;

/**
 * The transport between a driver under test and a scripted device, which has a turn when the driver kicks, idles or
 * parks. Looks at what the driver does with the registers: a driver that breaks a rule because its device did is at
 * fault too.
 */
final class ScriptedTransport implements Transport {
    static final KickScript NOT_HEARD = (queueIndex, payload) -> {};

    private static final int WORKS =
            DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK | DeviceStatus.DRIVER_OK;

    private final GuestMemory memory;
    private final ShownRegisters registers;
    private final DeviceTurns turns;
    private final List<Integer> statusWrites = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<Integer, Integer> kicks = new HashMap<>();
    private final Set<Integer> resetQueues = new HashSet<>();
    private KickScript kickScript = NOT_HEARD;
    private ConfigChangeListener listener = () -> {};
    private Features lastOffer = Features.NONE;
    private Features acknowledged = Features.NONE;
    private int status;
    private boolean turnsOnlyWhenKicked;
    private long waits;
    private long waitsAtLastUse;
    private long usesSeen;

    ScriptedTransport(GuestMemory memory, ShownRegisters registers, HonestDevice device) {
        this.memory = memory;
        this.registers = registers;
        this.turns = new DeviceTurns(memory, device);
    }

    DeviceTurns turns() {
        return turns;
    }

    /** What the driver did with the registers and no driver may. */
    List<String> faults() {
        return faults;
    }

    List<Integer> statusWrites() {
        return List.copyOf(statusWrites);
    }

    /** The driver has refused the device: it must have said so, unless the device never was out of reset, or worked. */
    void requireFailed() {
        // The last reset is the one that takes all back.
        int end = statusWrites.size();
        while (end > 0 && statusWrites.get(end - 1) == DeviceStatus.RESET) {
            end--;
        }
        int last = end == 0 ? DeviceStatus.RESET : statusWrites.get(end - 1);
        if (last != DeviceStatus.RESET && (last & (DeviceStatus.FAILED | DeviceStatus.DRIVER_OK)) == 0) {
            faults.add("the device was refused at status " + last + ", and FAILED was not written");
        }
    }

    /** Whether a kick alone gives the device a turn: who waits and has not kicked waits in vain. */
    void turnsOnlyWhenKicked(boolean only) {
        turnsOnlyWhenKicked = only;
    }

    void onKick(KickScript script) {
        kickScript = script;
    }

    int kicks(int queueIndex) {
        return kicks.getOrDefault(queueIndex, 0);
    }

    /** How often the driver has waited since the device last used a chain. */
    long waitsInVain() {
        return waits - waitsAtLastUse;
    }

    Features acknowledged() {
        return acknowledged;
    }

    void configChange() {
        listener.onConfigChange();
    }

    void forgetKept() {
        turns.dropAll();
    }

    private void turn() {
        if (status == WORKS) {
            turns.turn();
        }
        if (usesSeen != turns.uses()) {
            usesSeen = turns.uses();
            waitsAtLastUse = waits;
        }
    }

    private void driverWaits() {
        waits++;
        if (!turnsOnlyWhenKicked) {
            turn();
        }
    }

    /** How the driver waits: the device has a turn. */
    IdleStrategy idle() {
        return new IdleStrategy() {
            @Override
            public void idle(int workCount) {
                idle();
            }

            @Override
            public void idle() {
                driverWaits();
            }

            @Override
            public void reset() {
                // It has no state.
            }
        };
    }

    // --- registers ---------------------------------------------------------------------------------------------

    @Override
    public int deviceId() {
        return registers.shownDeviceId();
    }

    @Override
    public Features offeredFeatures() {
        lastOffer = registers.shownOffer();
        return lastOffer;
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        if (!features.isSubsetOf(lastOffer)) {
            faults.add("acknowledged " + features + " of the offer " + lastOffer);
        }
        if ((status & DeviceStatus.FEATURES_OK) != 0) {
            faults.add("acknowledged features after FEATURES_OK");
        }
        acknowledged = features;
    }

    @Override
    public int status() {
        return registers.shownStatus(status);
    }

    @Override
    public void writeStatus(int newStatus) {
        statusWrites.add(newStatus);
        if (newStatus == DeviceStatus.RESET) {
            turns.dropAll();
            resetQueues.clear();
            acknowledged = Features.NONE;
        } else if ((status & ~newStatus) != 0) {
            faults.add("status " + newStatus + " after " + status + " takes bits back");
        } else if ((status & DeviceStatus.FAILED) != 0) {
            faults.add("status " + newStatus + " after FAILED, and no reset between");
        }
        status = newStatus;
    }

    @Override
    public int configGeneration() {
        return registers.shownGeneration();
    }

    @Override
    public int configLengthBytes() {
        return registers.shownConfigLength();
    }

    @Override
    public void readConfig(int offset, byte[] destination) {
        if (offset + destination.length > registers.shownConfigLength()) {
            throw new IndexOutOfBoundsException(destination.length + " bytes at " + offset + " of a configuration of "
                    + registers.shownConfigLength() + " bytes");
        }
        registers.readConfig(offset, destination);
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        if (offset + source.length > registers.shownConfigLength()) {
            throw new IndexOutOfBoundsException(source.length + " bytes at " + offset + " of a configuration of "
                    + registers.shownConfigLength() + " bytes");
        }
        registers.writeConfig(offset, source);
    }

    // --- queues ------------------------------------------------------------------------------------------------

    @Override
    public GuestMemory memory() {
        return memory;
    }

    /** There is an IOMMU, and no driver has to do with it but one that was offered ACCESS_PLATFORM. */
    @Override
    public DmaMapper dmaMapper() {
        return new DmaMapper() {
            @Override
            public void map(SharedMemory region) {
                if (!acknowledged.has(FeatureBits.ACCESS_PLATFORM)) {
                    faults.add("mapped memory at 0x" + Long.toHexString(region.guestAddress())
                            + " for a device that did not agree to ACCESS_PLATFORM");
                }
            }

            @Override
            public void unmapAll() {
                // The device reaches all memory either way.
            }
        };
    }

    @Override
    public ParkStrategy parkStrategy() {
        return (blocker, maxNanos) -> driverWaits();
    }

    @Override
    public int queueCount() {
        return registers.shownQueueCount();
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return registers.shownMaxQueueSize(queueIndex);
    }

    @Override
    public Doorbell activate(QueueConfig config, CallSink callSink) {
        turns.setUp(config, callSink);
        resetQueues.remove(config.index());
        return payload -> {
            kicks.merge(config.index(), 1, Integer::sum);
            if ((status & DeviceStatus.DRIVER_OK) == 0) {
                faults.add("kicked queue " + config.index() + " at status " + status);
            }
            kickScript.kicked(config.index(), payload);
            turn();
        };
    }

    @Override
    public void resetQueue(int queueIndex) {
        turns.drop(queueIndex);
        resetQueues.add(queueIndex);
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        return resetQueues.contains(queueIndex) && registers.shownQueueReset(queueIndex);
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    @Override
    public void close() {
        writeStatus(DeviceStatus.RESET);
    }
}
