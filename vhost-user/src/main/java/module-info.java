// SPDX-License-Identifier: Apache-2.0
/** Drivers and devices across processes, over vhost-user. */
// JNA names its module in its manifest only: javac calls that an automatic module.
@SuppressWarnings("requires-automatic")
module io.virtio4j.vhostuser {
    requires transitive io.virtio4j.core;
    requires com.sun.jna;
    requires static org.jspecify;

    exports io.virtio4j.vhostuser;
}
