// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.transport.TransportException;
import io.virtio4j.vhostuser.message.ConfigPayload;
import io.virtio4j.vhostuser.message.MemoryRegion;
import io.virtio4j.vhostuser.message.ProtocolFeature;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.message.Request;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.SystemCallException;
import io.virtio4j.vhostuser.os.UnixSocket;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection to a back-end, and what was agreed on over it. The thread that uses the transport. */
final class FrontConnection implements AutoCloseable {
    /** What this front-end makes use of. LOG_SHMFD, and so live migration, is not among them. */
    private static final long WANTED = ProtocolFeature.of(
            ProtocolFeature.MQ,
            ProtocolFeature.REPLY_ACK,
            ProtocolFeature.BACKEND_REQ,
            ProtocolFeature.CONFIG,
            ProtocolFeature.RESET_DEVICE,
            ProtocolFeature.CONFIGURE_MEM_SLOTS,
            ProtocolFeature.STATUS);

    /** Of the lower 64 bits those that mean something between a driver and a device; the others are vhost's own or reserved. */
    private static final Features FORWARDED = Features.DEVICE_TYPE.or(Features.of(
            FeatureBits.INDIRECT_DESC,
            FeatureBits.EVENT_IDX,
            FeatureBits.VERSION_1,
            FeatureBits.RING_PACKED,
            FeatureBits.IN_ORDER));

    private static final int ENABLED = 1;

    private final RequestSocket socket;
    private final VhostUserOptions options;
    private final long offered;
    private final long protocol;
    private final int queueCount;
    private final Notifications notifications;
    private boolean memoryKnown;

    private FrontConnection(
            RequestSocket socket, VhostUserOptions options, VhostUserTransport transport, long timeoutNanos) {
        this.socket = socket;
        this.options = options;
        this.offered = socket.askValue(new Request.GetFeatures());
        this.protocol = agreeOnProtocol();
        this.queueCount = askQueueCount();
        socket.require(new Request.SetOwner(), List.of());
        this.notifications = new Notifications(socket, transport, options.errorHandler());
        try {
            if (has(ProtocolFeature.BACKEND_REQ)) {
                notifications.openBackendChannel(
                        end -> socket.require(new Request.SetBackendReqFd(), List.of(end.fd())), timeoutNanos);
            }
            notifications.start();
        } catch (RuntimeException e) {
            notifications.close();
            throw e;
        }
    }

    static FrontConnection open(Path path, VhostUserOptions options, VhostUserTransport transport) {
        RequestSocket socket;
        try {
            socket = new RequestSocket(
                    new MessageSocket(UnixSocket.connect(path, options.timeoutNanos())), options.timeoutNanos());
        } catch (SystemCallException e) {
            throw new TransportException("no back-end at " + path + ": " + e.getMessage(), e);
        }
        try {
            return new FrontConnection(socket, options, transport, options.timeoutNanos());
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private long agreeOnProtocol() {
        if (!ProtocolFeature.has(offered, ProtocolFeature.IN_FEATURES)) {
            return 0;
        }
        long agreed = socket.askValue(new Request.GetProtocolFeatures()) & WANTED;
        socket.require(new Request.SetProtocolFeatures(agreed), List.of());
        socket.acknowledges(ProtocolFeature.has(agreed, ProtocolFeature.REPLY_ACK));
        return agreed;
    }

    private int askQueueCount() {
        if (has(ProtocolFeature.MQ)) {
            // A ring's descriptors name it with 8 bits.
            return (int) Math.max(0, Math.min(256, socket.askValue(new Request.GetQueueNum())));
        }
        return options.deviceId() == DeviceId.GPU ? 2 : 1;
    }

    boolean has(int protocolFeature) {
        return ProtocolFeature.has(protocol, protocolFeature);
    }

    int queueCount() {
        return queueCount;
    }

    Features offered() {
        return new Features(offered, 0).and(FORWARDED);
    }

    /** {@return why it is of no more use; missing as long as it is} */
    @Nullable
    String failure() {
        return socket.failure();
    }

    // --- negotiation

    /** {@return whether the back-end takes them} */
    boolean setFeatures(Features features) {
        long protocolBit = offered & ProtocolFeature.of(ProtocolFeature.IN_FEATURES);
        return socket.tell(new Request.SetFeatures(features.low() | protocolBit), List.of());
    }

    /** {@return what the device's status is then, where the two sides speak of it; else what was written} */
    int setStatus(int status) {
        if (!has(ProtocolFeature.STATUS)) {
            return status;
        }
        socket.require(new Request.SetStatus(status), List.of());
        return (int) socket.askValue(new Request.GetStatus()) & 0xFF;
    }

    int status() {
        return (int) socket.askValue(new Request.GetStatus()) & 0xFF;
    }

    byte[] readConfig() {
        if (!has(ProtocolFeature.CONFIG)) {
            return new byte[0];
        }
        byte[] bytes = readConfig(configBytes());
        // Of more than it has, a back-end may give nothing.
        return bytes.length == 0 ? readConfig(options.configBytes()) : bytes;
    }

    /** Fields that only a feature brings are asked for where it is offered. */
    private int configBytes() {
        boolean secureErase = options.deviceId() == DeviceId.BLOCK && offered().has(BlkFeatureBits.SECURE_ERASE);
        int end = secureErase ? BlkConfigLayout.SECURE_ERASE_SECTOR_ALIGNMENT + Integer.BYTES : 0;
        return Math.max(options.configBytes(), end);
    }

    private byte[] readConfig(int lengthBytes) {
        // qemu-storage-daemon 7.2 ignores the offset, so that all of it is asked for.
        Reply reply = socket.ask(new Request.GetConfig(new ConfigPayload(0, 0, new byte[lengthBytes])));
        return reply instanceof Reply.Config config ? config.config().bytes() : new byte[0];
    }

    void writeConfig(int offset, byte[] source) {
        socket.require(new Request.SetConfig(new ConfigPayload(offset, 0, source.clone())), List.of());
    }

    // --- rings

    /** Tells of memory, once in a connection, and lets the rings begin at their beginning. */
    void start(VhostUserMemory memory, List<FrontQueue> queues) {
        if (!memoryKnown) {
            tellMemory(memory);
            memoryKnown = true;
        }
        notifications.watch(queues);
        for (FrontQueue queue : queues) {
            start(memory, queue);
        }
        if (ProtocolFeature.has(offered, ProtocolFeature.IN_FEATURES)) {
            queues.forEach(queue -> socket.require(new Request.SetVringEnable(queue.index(), ENABLED), List.of()));
        }
        // What lies in a ring before it starts is seen by qemu-storage-daemon 7.2 only after a kick.
        queues.forEach(queue -> queue.kick().signal());
    }

    private void tellMemory(VhostUserMemory memory) {
        List<MemoryRegion> regions = memory.regions();
        if (has(ProtocolFeature.CONFIGURE_MEM_SLOTS)) {
            long slots = socket.askValue(new Request.GetMaxMemSlots());
            if (slots < regions.size()) {
                throw new TransportException(
                        "the back-end takes " + slots + " regions of memory; there are " + regions.size());
            }
            regions.forEach(region -> socket.require(new Request.AddMemReg(region), List.of(memory.fd())));
        } else {
            socket.require(new Request.SetMemTable(regions), Collections.nCopies(regions.size(), memory.fd()));
        }
    }

    private void start(VhostUserMemory memory, FrontQueue queue) {
        int index = queue.index();
        QueueAddresses at = queue.config().addresses();
        // A packed ring begins at slot 0 with both wrap counters 1.
        VringBase base = VringBase.start(queue.config().format());
        socket.require(new Request.SetVringNum(index, queue.config().size()), List.of());
        socket.require(
                new Request.SetVringBase(index, base.encode(queue.config().format())), List.of());
        socket.require(
                new Request.SetVringAddr(
                        index,
                        0,
                        memory.userAddress(at.descriptorArea()),
                        memory.userAddress(at.deviceArea()),
                        memory.userAddress(at.driverArea()),
                        0),
                List.of());
        socket.require(new Request.SetVringCall(index, true), fdOf(queue.call().fd()));
        socket.require(new Request.SetVringErr(index, true), fdOf(queue.err().fd()));
        socket.require(new Request.SetVringKick(index, true), fdOf(queue.kick().fd()));
    }

    private static List<Fd> fdOf(Fd fd) {
        return List.of(fd);
    }

    /** Stops the rings: when this returns, the device touches none of them and nothing that they name. */
    void stop(List<FrontQueue> queues) {
        for (FrontQueue queue : queues) {
            if (ProtocolFeature.has(offered, ProtocolFeature.IN_FEATURES)) {
                socket.require(new Request.SetVringEnable(queue.index(), 0), List.of());
            }
        }
        for (FrontQueue queue : queues) {
            socket.ask(new Request.GetVringBase(queue.index()));
        }
        notifications.watch(List.of());
    }

    /** The device forgets what was agreed on, where the two sides speak of that. Its rings have been stopped. */
    void resetDevice() {
        if (has(ProtocolFeature.STATUS)) {
            socket.require(new Request.SetStatus(DeviceStatus.RESET), List.of());
        } else if (has(ProtocolFeature.RESET_DEVICE)) {
            socket.require(new Request.ResetDevice(), List.of());
        }
    }

    /** Asks the back-end to go. {@return whether it has gone in time, and so uses nothing of ours any more} */
    boolean awaitEnd() {
        notifications.watch(List.of());
        return socket.awaitEnd();
    }

    @Override
    public void close() {
        socket.close();
        notifications.close();
    }
}
