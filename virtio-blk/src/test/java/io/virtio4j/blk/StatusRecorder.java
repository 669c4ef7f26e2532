// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes down every status that a driver writes to a device, and fails where it is told to. */
final class StatusRecorder {
    final List<Integer> written = new ArrayList<>();

    /** By the transport's method: what it throws in the place of the transport. */
    final Map<String, RuntimeException> failures = new HashMap<>();

    Transport over(Transport transport) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, args) -> {
                    if (method.getName().equals("writeStatus")) {
                        written.add((Integer) args[0]);
                    }
                    RuntimeException failure = failures.get(method.getName());
                    if (failure != null) {
                        throw failure;
                    }
                    try {
                        return method.invoke(transport, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
