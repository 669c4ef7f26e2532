// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * What stands before the value; the layout stands in {@link HandoverValue}. The int fills the gap that the JVM leaves behind the
 * object's header to align the longs: it would put the value there, before all of them.
 */
@SuppressWarnings("unused")
abstract sealed class HandoverPadding permits HandoverValue {
    long before00, before01, before02, before03, before04, before05, before06, before07;
    long before08, before09, before10, before11, before12, before13, before14, before15;
    int gap;
}
