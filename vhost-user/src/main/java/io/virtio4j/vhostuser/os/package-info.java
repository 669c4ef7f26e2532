// SPDX-License-Identifier: Apache-2.0
/** What Linux gives: descriptors, sockets that pass them on, memory files, event counters. Not for users. */
package io.virtio4j.vhostuser.os;
