// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.memory.GuestMemory;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.vhostuser.message.ProtocolFeature;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A device in another process, reached over vhost-user: the front-end.
 *
 * <pre>
 *   driver's thread                             the other process
 *   Transport calls  --- unix socket ---------&gt; back-end
 *   DriverQueue      &lt;------ shared memory ---&gt; device's half of the queue
 *   Doorbell         --- event counter -------&gt;
 *   CallSink         &lt;-- event counter, read by a thread of this transport
 * </pre>
 *
 * <p>One thread at a time drives it; {@link #status()} is for any, and the driver's half of a queue and its doorbell may have a
 * thread of their own. Whatever the back-end is asked, its answer is waited for as long as the options say and no longer. A
 * queue whose driver only polls ({@link CallSink#NONE}) never wakes the transport's thread.
 *
 * <p>When the back-end goes away, the device shows DEVICE_NEEDS_RESET and the listener for configuration changes is told. A reset
 * then lets go of it, and whatever comes next connects anew: what was in flight is the driver's to send again or to give up. A
 * reset is complete when the back-end has said that its rings are stopped, or is gone; if it does neither in time,
 * {@link TransportException} says so, and the memory stays the device's.
 *
 * <p>Not offered to drivers: RING_RESET, NOTIFICATION_DATA and the platform's features, which the protocol cannot carry or this
 * front-end does not; nor does it take part in live migration (LOG_ALL).
 *
 * <p>VirtIO 1.2, chapter 2 Basic Facilities of a Virtio Device.
 */
public final class VhostUserTransport implements Transport {
    private final Path socket;
    private final VhostUserMemory memory;
    private final VhostUserOptions options;

    /** As the driver has set them up, by index. */
    private final TreeMap<Integer, FrontQueue> queues = new TreeMap<>();

    /** Changed by the thread that uses the transport; looked at by all. */
    private volatile @Nullable FrontConnection connection;

    private volatile int status;

    /** The back-end is gone, or a queue broke: only a reset helps. */
    private volatile boolean needsReset;

    /** The device may have become another, and could say so: it is asked once. */
    private volatile boolean statusMayDiffer;

    private volatile ConfigChangeListener listener = () -> {};
    private Features offered = Features.NONE;
    private Features acknowledged = Features.NONE;
    private int queueCount;
    private byte[] config = {};
    private int configGeneration;
    private boolean running;
    private boolean closed;

    private VhostUserTransport(Path socket, VhostUserMemory memory, VhostUserOptions options) {
        this.socket = socket;
        this.memory = memory;
        this.options = options;
    }

    /**
     * Connects to a back-end.
     *
     * @param socket where it listens
     * @param memory what driver and device share; stays the caller's, and open as long as the transport
     * @param options what the device is, and how long it may take to answer
     * @return the transport for a driver
     * @throws TransportException if nobody listens there, or does not answer
     */
    public static VhostUserTransport connect(Path socket, VhostUserMemory memory, VhostUserOptions options) {
        VhostUserTransport transport = new VhostUserTransport(socket, memory, options);
        transport.connection("connect");
        return transport;
    }

    /** The connection; a new one where there is none. */
    private FrontConnection connection(String what) {
        requireOpen(what);
        FrontConnection now = connection;
        if (now == null) {
            now = FrontConnection.open(socket, options, this);
            try {
                offered = now.offered();
                queueCount = now.queueCount();
                takeConfig(now.readConfig());
            } catch (RuntimeException e) {
                now.close();
                throw e;
            }
            connection = now;
        }
        return now;
    }

    private void requireOpen(String what) {
        if (closed) {
            throw new TransportException("cannot " + what + ": the transport is closed");
        }
    }

    private void takeConfig(byte[] read) {
        if (!Arrays.equals(read, config)) {
            config = read;
            configGeneration++;
        }
    }

    // --- the transport's own thread ----------------------------------------------------------------------------

    /** The connection has ended. */
    void connectionChanged() {
        needsReset = true;
        listener.onConfigChange();
    }

    void queueBroke() {
        needsReset = true;
        listener.onConfigChange();
    }

    void configChanged() {
        statusMayDiffer = true;
        listener.onConfigChange();
    }

    // --- the driver's thread -----------------------------------------------------------------------------------

    @Override
    public int deviceId() {
        return options.deviceId();
    }

    @Override
    public Features offeredFeatures() {
        return offered;
    }

    @Override
    public void acknowledgeFeatures(Features features) {
        requireOpen("acknowledge features");
        if ((status & DeviceStatus.FEATURES_OK) != 0) {
            throw new IllegalStateException(
                    "features cannot be acknowledged after FEATURES_OK: " + features + " at status " + status);
        }
        acknowledged = features;
    }

    @Override
    public int status() {
        int now = status;
        if (now == DeviceStatus.RESET) {
            return now;
        }
        FrontConnection open = connection;
        if (statusMayDiffer && open != null && open.has(ProtocolFeature.STATUS)) {
            statusMayDiffer = false;
            try {
                needsReset |= (open.status() & DeviceStatus.DEVICE_NEEDS_RESET) != 0;
            } catch (TransportException e) {
                // The connection has failed, which its own reason tells whoever asks for something.
                needsReset = true;
            }
        }
        boolean gone = open == null || open.failure() != null;
        return now | (needsReset || gone ? DeviceStatus.DEVICE_NEEDS_RESET : 0);
    }

    @Override
    public void writeStatus(int written) {
        requireOpen("write status " + written);
        if (written == DeviceStatus.RESET) {
            reset();
            return;
        }
        FrontConnection open = connection("write status " + written);
        int added = written & ~status & ~DeviceStatus.DEVICE_NEEDS_RESET;
        if ((added & DeviceStatus.FEATURES_OK) != 0 && !takesFeatures(open)) {
            added &= ~DeviceStatus.FEATURES_OK;
        }
        if ((added & DeviceStatus.DRIVER_OK) != 0 && ((status | added) & DeviceStatus.FEATURES_OK) == 0) {
            added &= ~DeviceStatus.DRIVER_OK;
        }
        if (added == 0) {
            return;
        }
        if ((added & DeviceStatus.DRIVER_OK) != 0) {
            // Before anything is started, so that a start that fails half-way is stopped by a reset.
            running = true;
        }
        int shown = open.setStatus(status | added);
        if ((shown & DeviceStatus.FEATURES_OK) == 0) {
            added &= ~DeviceStatus.FEATURES_OK;
        }
        status |= added;
        if ((added & DeviceStatus.DRIVER_OK) != 0) {
            // H: all set-up before the messages that start the rings. They leave by a system call.
            open.start(memory, List.copyOf(queues.values()));
        }
    }

    private boolean takesFeatures(FrontConnection open) {
        return acknowledged.isSubsetOf(offered)
                && acknowledged.has(FeatureBits.VERSION_1)
                && open.setFeatures(acknowledged);
    }

    private void reset() {
        FrontConnection open = connection;
        if (open != null) {
            letGo(open);
        }
        queues.values().forEach(FrontQueue::close);
        queues.clear();
        acknowledged = Features.NONE;
        running = false;
        needsReset = false;
        statusMayDiffer = false;
        status = DeviceStatus.RESET;
    }

    /** Until this returns the device may use the driver's memory. */
    private void letGo(FrontConnection open) {
        if (open.failure() == null) {
            try {
                if (running) {
                    open.stop(List.copyOf(queues.values()));
                }
                open.resetDevice();
                return;
            } catch (TransportException e) {
                if (!open.awaitEnd()) {
                    throw e;
                }
            }
        } else if (!open.awaitEnd()) {
            throw new TransportException(
                    "the back-end at " + socket + " has neither stopped its rings nor gone away: " + open.failure());
        }
        open.close();
        connection = null;
    }

    @Override
    public int configGeneration() {
        takeConfig(connection("read configuration").readConfig());
        return configGeneration;
    }

    @Override
    public int configLengthBytes() {
        return config.length;
    }

    /** As of the last {@link #configGeneration()}: one state of all fields. */
    @Override
    public void readConfig(int offset, byte[] destination) {
        requireInside(offset, destination.length);
        System.arraycopy(config, offset, destination, 0, destination.length);
    }

    @Override
    public void writeConfig(int offset, byte[] source) {
        requireInside(offset, source.length);
        FrontConnection open = connection("write configuration");
        open.writeConfig(offset, source);
        takeConfig(open.readConfig());
    }

    private void requireInside(int offset, int lengthBytes) {
        if (offset < 0 || lengthBytes > config.length - offset) {
            throw new IndexOutOfBoundsException("offset " + offset + ", " + lengthBytes
                    + " bytes, in a configuration of " + config.length + " bytes");
        }
    }

    @Override
    public GuestMemory memory() {
        return memory.memory();
    }

    @Override
    public int queueCount() {
        return queueCount;
    }

    @Override
    public int maxQueueSize(int queueIndex) {
        return queueIndex >= 0 && queueIndex < queueCount ? options.maxQueueSize() : 0;
    }

    @Override
    public Doorbell activate(QueueConfig queue, CallSink callSink) {
        int max = maxQueueSize(queue.index());
        if (queue.size() > max) {
            throw new IllegalArgumentException(
                    "queue " + queue.index() + " takes at most " + max + " descriptors, not " + queue.size());
        }
        requireOpen("set up queue " + queue.index());
        if ((status & DeviceStatus.DRIVER_OK) != 0) {
            throw new IllegalStateException("a device that works takes no queue, not " + queue);
        }
        FrontQueue added = new FrontQueue(queue, callSink);
        FrontQueue replaced = queues.put(queue.index(), added);
        if (replaced != null) {
            replaced.close();
        }
        return payload -> added.kick().signal();
    }

    @Override
    public void resetQueue(int queueIndex) {
        requireOpen("reset queue " + queueIndex);
        throw new IllegalStateException("queue " + queueIndex + " is not reset by itself: RING_RESET is not offered");
    }

    @Override
    public boolean isQueueReset(int queueIndex) {
        requireOpen("ask whether queue " + queueIndex + " is reset");
        return false;
    }

    @Override
    public void onConfigChange(ConfigChangeListener newListener) {
        listener = newListener;
    }

    /**
     * Stops the device's rings and ends the connection.
     *
     * @throws TransportException if the back-end has neither stopped them nor gone in time: the driver's memory may still be used,
     *     and {@link #status()} is not 0. The connection is ended all the same
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        try {
            reset();
        } finally {
            closed = true;
            FrontConnection open = connection;
            if (open != null) {
                open.close();
                connection = null;
            }
            queues.values().forEach(FrontQueue::close);
        }
    }
}
