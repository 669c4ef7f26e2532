// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

/** Numbers of what a back-end asks of a front-end, over the socket of SET_BACKEND_REQ_FD. */
public final class BackendRequest {
    /** The configuration has changed. No payload. */
    public static final int CONFIG_CHANGE = 2;

    private BackendRequest() {}
}
