// SPDX-License-Identifier: Apache-2.0
/** Drivers and devices across processes: vhost-user's front-end is a transport, its back-end serves a device. */
package io.virtio4j.vhostuser;
