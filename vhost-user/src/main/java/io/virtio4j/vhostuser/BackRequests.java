// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.device.ConfigSpace;
import io.virtio4j.vhostuser.message.ConfigPayload;
import io.virtio4j.vhostuser.message.MemoryRegion;
import io.virtio4j.vhostuser.message.ProtocolFeature;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.message.Request.AddMemReg;
import io.virtio4j.vhostuser.message.Request.GetConfig;
import io.virtio4j.vhostuser.message.Request.GetVringBase;
import io.virtio4j.vhostuser.message.Request.RemMemReg;
import io.virtio4j.vhostuser.message.Request.SetConfig;
import io.virtio4j.vhostuser.message.Request.SetFeatures;
import io.virtio4j.vhostuser.message.Request.SetMemTable;
import io.virtio4j.vhostuser.message.Request.SetProtocolFeatures;
import io.virtio4j.vhostuser.message.Request.SetStatus;
import io.virtio4j.vhostuser.message.Request.SetVringAddr;
import io.virtio4j.vhostuser.message.Request.SetVringBase;
import io.virtio4j.vhostuser.message.Request.SetVringCall;
import io.virtio4j.vhostuser.message.Request.SetVringEnable;
import io.virtio4j.vhostuser.message.Request.SetVringErr;
import io.virtio4j.vhostuser.message.Request.SetVringKick;
import io.virtio4j.vhostuser.message.Request.SetVringNum;
import io.virtio4j.vhostuser.message.RequestHandler;
import io.virtio4j.vhostuser.os.EventFd;
import io.virtio4j.vhostuser.os.Fd;
import io.virtio4j.vhostuser.os.UnixSocket;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.Features;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Does what a front-end asks for. One request at a time: {@link #begin}, the method for the request, {@link #reply}. What cannot be
 * done throws {@link BadRequestException}. The device's thread.
 */
final class BackRequests implements RequestHandler {
    /** What this back-end offers. LOG_SHMFD, and so live migration, and INFLIGHT_SHMFD are not among them. */
    private static final long PROTOCOL_OFFER = ProtocolFeature.of(
            ProtocolFeature.MQ,
            ProtocolFeature.REPLY_ACK,
            ProtocolFeature.BACKEND_REQ,
            ProtocolFeature.CONFIG,
            ProtocolFeature.RESET_DEVICE,
            ProtocolFeature.CONFIGURE_MEM_SLOTS,
            ProtocolFeature.STATUS);

    private static final int MAX_REGIONS = 64;
    private static final int DISABLED = 0;
    private static final int ENABLED = 1;
    private static final int STATUS_MASK = 0xFF;

    private final BackDevice device;
    private long protocol;
    private int status;
    private @Nullable MessageSocket backend;
    private List<Fd> fds = List.of();
    private @Nullable Reply reply;

    BackRequests(BackDevice device) {
        this.device = device;
    }

    /** The next request has these descriptors; those that it does not take are the caller's to close. */
    void begin(List<Fd> newFds) {
        fds = newFds;
        reply = null;
    }

    /** {@return what the request just done is answered with, if its kind always is} */
    @Nullable
    Reply reply() {
        return reply;
    }

    boolean acknowledges() {
        return ProtocolFeature.has(protocol, ProtocolFeature.REPLY_ACK);
    }

    /** {@return where the back-end may ask; missing if it may not} */
    @Nullable
    MessageSocket backend() {
        return backend;
    }

    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    // --- negotiation

    @Override
    public void onGetFeatures() {
        reply = new Reply.Value(device.offered().low() | ProtocolFeature.of(ProtocolFeature.IN_FEATURES));
    }

    @Override
    public void onSetFeatures(SetFeatures request) {
        Features features = new Features(request.features(), 0);
        boolean withProtocol = features.has(ProtocolFeature.IN_FEATURES);
        device.acknowledge(features.without(ProtocolFeature.IN_FEATURES), withProtocol);
        device.rings().forEach(device::startIfReady);
    }

    @Override
    public void onGetProtocolFeatures() {
        reply = new Reply.Value(PROTOCOL_OFFER);
    }

    @Override
    public void onSetProtocolFeatures(SetProtocolFeatures request) {
        if ((request.features() & ~PROTOCOL_OFFER) != 0) {
            throw new BadRequestException("protocol features 0x"
                    + Long.toHexString(request.features() & ~PROTOCOL_OFFER) + " were not offered");
        }
        protocol = request.features();
    }

    @Override
    public void onGetQueueNum() {
        reply = new Reply.Value(device.rings().size());
    }

    @Override
    public void onSetOwner() {
        // One front-end at a time owns the device: the one that is connected.
    }

    @Override
    public void onResetOwner() {
        for (BackRing ring : device.rings()) {
            ring.setEnabled(false);
            device.stop(ring);
        }
    }

    @Override
    public void onSetBackendReqFd() {
        if (!ProtocolFeature.has(protocol, ProtocolFeature.BACKEND_REQ)) {
            throw new BadRequestException("SET_BACKEND_REQ_FD without BACKEND_REQ");
        }
        close();
        backend = new MessageSocket(UnixSocket.of(takeFd()));
    }

    private Fd takeFd() {
        Fd first = fds.get(0);
        fds = fds.subList(1, fds.size());
        return first;
    }

    // --- memory

    @Override
    public void onSetMemTable(SetMemTable request) {
        device.useMemory(BackMemory.of(request.regions(), fds));
        closeFds();
    }

    @Override
    public void onGetMaxMemSlots() {
        reply = new Reply.Value(MAX_REGIONS);
    }

    @Override
    public void onAddMemReg(AddMemReg request) {
        MemoryRegion region = request.region();
        if (device.memory().size() >= MAX_REGIONS) {
            throw new BadRequestException("there is no room for more than " + MAX_REGIONS + " regions: " + region);
        }
        device.useMemory(device.memory().with(region, fds.get(0)));
        closeFds();
    }

    @Override
    public void onRemMemReg(RemMemReg request) {
        device.useMemory(device.memory().without(request.region()));
        closeFds();
    }

    /** What is mapped needs no descriptor. */
    private void closeFds() {
        fds.forEach(Fd::close);
    }

    // --- rings

    @Override
    public void onSetVringNum(SetVringNum request) {
        BackRing ring = stopped(request.index(), "SET_VRING_NUM");
        if (request.size() < 1 || request.size() > device.device().maxQueueSize(ring.index())) {
            throw new BadRequestException("ring " + ring.index() + " takes 1.."
                    + device.device().maxQueueSize(ring.index()) + " descriptors, not "
                    + Integer.toUnsignedString(request.size()));
        }
        ring.setSize(request.size());
    }

    private BackRing stopped(int index, String what) {
        BackRing ring = device.ring(index);
        if (ring.isActive()) {
            throw new BadRequestException(what + " of ring " + index + ", which is served");
        }
        return ring;
    }

    @Override
    public void onSetVringAddr(SetVringAddr request) {
        BackRing ring = stopped(request.index(), "SET_VRING_ADDR");
        if (request.flags() != 0) {
            throw new BadRequestException("ring " + request.index() + " is to be logged, which is not offered");
        }
        ring.setAddress(request);
        device.startIfReady(ring);
    }

    @Override
    public void onSetVringBase(SetVringBase request) {
        stopped(request.index(), "SET_VRING_BASE").setBase(request.base());
    }

    @Override
    public void onGetVringBase(GetVringBase request) {
        BackRing ring = device.ring(request.index());
        device.stop(ring);
        ring.awaitKick();
        reply = new Reply.State(ring.index(), ring.base());
    }

    @Override
    public void onSetVringKick(SetVringKick request) {
        BackRing ring = device.ring(request.index());
        ring.setKick(request.hasFd() ? EventFd.of(takeFd()) : null);
        device.startIfReady(ring);
    }

    @Override
    public void onSetVringCall(SetVringCall request) {
        BackRing ring = device.ring(request.index());
        ring.setCall(request.hasFd() ? EventFd.of(takeFd()) : null);
        if (ring.isActive()) {
            // What was used meanwhile may have called the counter of before.
            ring.call();
        }
    }

    @Override
    public void onSetVringErr(SetVringErr request) {
        BackRing ring = device.ring(request.index());
        ring.setErr(request.hasFd() ? EventFd.of(takeFd()) : null);
    }

    @Override
    public void onSetVringEnable(SetVringEnable request) {
        BackRing ring = device.ring(request.index());
        if (request.enabled() != ENABLED && request.enabled() != DISABLED) {
            throw new BadRequestException(
                    "ring " + request.index() + " is enabled by 1 or 0, not " + request.enabled());
        }
        ring.setEnabled(request.enabled() == ENABLED);
        if (request.enabled() == ENABLED) {
            device.startIfReady(ring);
        } else {
            device.stop(ring);
        }
    }

    // --- configuration, status

    @Override
    public void onGetConfig(GetConfig request) {
        ConfigPayload asked = request.config();
        ConfigSpace config = device.device().config();
        int offset = asked.offset();
        byte[] bytes = new byte[asked.bytes().length];
        if (offset < 0 || bytes.length > config.lengthBytes() - offset) {
            reply = new Reply.NoConfig();
        } else {
            config.read(offset, bytes);
            reply = new Reply.Config(new ConfigPayload(offset, asked.flags(), bytes));
        }
    }

    @Override
    public void onSetConfig(SetConfig request) {
        ConfigPayload config = request.config();
        if (config.offset() < 0
                || config.bytes().length > device.device().config().lengthBytes() - config.offset()) {
            throw new BadRequestException(
                    "the configuration has " + device.device().config().lengthBytes() + " bytes: " + config);
        }
        device.session().writeConfig(config.offset(), config.bytes());
    }

    @Override
    public void onResetDevice() {
        device.rings().forEach(device::stop);
        device.reset();
        status = DeviceStatus.RESET;
    }

    @Override
    public void onSetStatus(SetStatus request) {
        int asked = (int) request.status() & STATUS_MASK & ~DeviceStatus.DEVICE_NEEDS_RESET;
        if (asked == DeviceStatus.RESET) {
            onResetDevice();
            return;
        }
        // FEATURES_OK stands where the device has taken the features.
        int refused = DeviceStatus.FEATURES_OK & ~device.session().status();
        status = asked & ~refused;
    }

    @Override
    public void onGetStatus() {
        int failed = device.needsReset() ? DeviceStatus.DEVICE_NEEDS_RESET : 0;
        reply = new Reply.Value(status | failed);
    }
}
