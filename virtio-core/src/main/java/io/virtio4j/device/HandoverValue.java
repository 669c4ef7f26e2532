// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/**
 * The field of a {@link Handover}, kept off the cache lines of whatever lies beside it: 128 bytes, two lines, on each side.
 * Fields of a superclass come before those of its subclass.
 *
 * <pre>
 *   +-----------------+---------------+------------------+
 *   | before          | one reference | after            |
 *   | HandoverPadding | HandoverValue | Handover         |
 *   +-----------------+---------------+------------------+
 * </pre>
 */
abstract sealed class HandoverValue extends HandoverPadding permits Handover {
    Object value;

    HandoverValue(Object value) {
        this.value = value;
    }
}
