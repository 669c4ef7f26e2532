// SPDX-License-Identifier: Apache-2.0
module org.example.queue {
    requires io.virtio4j.core;
}
