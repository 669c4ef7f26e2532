// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

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

/** Does what requests ask for: a method for each. */
public interface RequestHandler {
    /** See {@link Request.GetFeatures}. */
    void onGetFeatures();

    /**
     * See {@link SetFeatures}.
     *
     * @param request what is asked for
     */
    void onSetFeatures(SetFeatures request);

    /** See {@link Request.SetOwner}. */
    void onSetOwner();

    /** See {@link Request.ResetOwner}. */
    void onResetOwner();

    /**
     * See {@link SetMemTable}.
     *
     * @param request what is asked for
     */
    void onSetMemTable(SetMemTable request);

    /**
     * See {@link SetVringNum}.
     *
     * @param request what is asked for
     */
    void onSetVringNum(SetVringNum request);

    /**
     * See {@link SetVringAddr}.
     *
     * @param request what is asked for
     */
    void onSetVringAddr(SetVringAddr request);

    /**
     * See {@link SetVringBase}.
     *
     * @param request what is asked for
     */
    void onSetVringBase(SetVringBase request);

    /**
     * See {@link GetVringBase}.
     *
     * @param request what is asked for
     */
    void onGetVringBase(GetVringBase request);

    /**
     * See {@link SetVringKick}.
     *
     * @param request what is asked for
     */
    void onSetVringKick(SetVringKick request);

    /**
     * See {@link SetVringCall}.
     *
     * @param request what is asked for
     */
    void onSetVringCall(SetVringCall request);

    /**
     * See {@link SetVringErr}.
     *
     * @param request what is asked for
     */
    void onSetVringErr(SetVringErr request);

    /** See {@link Request.GetProtocolFeatures}. */
    void onGetProtocolFeatures();

    /**
     * See {@link SetProtocolFeatures}.
     *
     * @param request what is asked for
     */
    void onSetProtocolFeatures(SetProtocolFeatures request);

    /** See {@link Request.GetQueueNum}. */
    void onGetQueueNum();

    /**
     * See {@link SetVringEnable}.
     *
     * @param request what is asked for
     */
    void onSetVringEnable(SetVringEnable request);

    /** See {@link Request.SetBackendReqFd}. */
    void onSetBackendReqFd();

    /**
     * See {@link GetConfig}.
     *
     * @param request what is asked for
     */
    void onGetConfig(GetConfig request);

    /**
     * See {@link SetConfig}.
     *
     * @param request what is asked for
     */
    void onSetConfig(SetConfig request);

    /** See {@link Request.ResetDevice}. */
    void onResetDevice();

    /** See {@link Request.GetMaxMemSlots}. */
    void onGetMaxMemSlots();

    /**
     * See {@link AddMemReg}.
     *
     * @param request what is asked for
     */
    void onAddMemReg(AddMemReg request);

    /**
     * See {@link RemMemReg}.
     *
     * @param request what is asked for
     */
    void onRemMemReg(RemMemReg request);

    /**
     * See {@link SetStatus}.
     *
     * @param request what is asked for
     */
    void onSetStatus(SetStatus request);

    /** See {@link Request.GetStatus}. */
    void onGetStatus();
}
