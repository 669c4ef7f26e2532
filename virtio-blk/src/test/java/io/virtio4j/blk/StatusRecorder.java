// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.blk;

import io.virtio4j.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** Writes down every status that a driver writes to a device. */
final class StatusRecorder {
    final List<Integer> written = new ArrayList<>();

    Transport over(Transport transport) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, args) -> {
                    if (method.getName().equals("writeStatus")) {
                        written.add((Integer) args[0]);
                    }
                    try {
                        return method.invoke(transport, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
