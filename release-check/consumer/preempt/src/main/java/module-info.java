// SPDX-License-Identifier: Apache-2.0
module org.example.preempt {
    requires io.virtio4j.preempt;
}
