// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import io.virtio4j.queue.QueueConfig;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Stands before a transport that works, and does wrong in one respect. */
final class FaultyTransport {
    private static final int ONE_IN = 5;

    /** What is wrong with the transport. */
    enum Fault {
        /** Does not pass on a call now and then. */
        LOSES_CALLS,

        /** Does not pass on a kick now and then. */
        LOSES_KICKS,

        /** Says that a queue is reset, of which the device has not even been told. */
        ONLY_SAYS_THAT_A_QUEUE_IS_RESET
    }

    private final Transport transport;
    private final Fault fault;
    private final AtomicInteger notifications = new AtomicInteger();

    private FaultyTransport(Transport transport, Fault fault) {
        this.transport = transport;
        this.fault = fault;
    }

    static Transport before(Transport transport, Fault fault) {
        FaultyTransport faulty = new FaultyTransport(transport, fault);
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(),
                new Class<?>[] {Transport.class},
                (proxy, method, arguments) -> faulty.invoke(method, arguments));
    }

    private @Nullable Object invoke(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("activate")) {
            return activate((QueueConfig) arguments[0], (CallSink) arguments[1]);
        }
        if (fault == Fault.ONLY_SAYS_THAT_A_QUEUE_IS_RESET) {
            switch (method.getName()) {
                case "resetQueue" -> {
                    return null;
                }
                case "isQueueReset" -> {
                    return true;
                }
                default -> {
                    // As it should be.
                }
            }
        }
        try {
            return method.invoke(transport, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private Doorbell activate(QueueConfig config, CallSink calls) {
        Doorbell doorbell = transport.activate(config, queueIndex -> {
            if (fault != Fault.LOSES_CALLS || passesOn()) {
                calls.call(queueIndex);
            }
        });
        return payload -> {
            if (fault != Fault.LOSES_KICKS || passesOn()) {
                doorbell.ring(payload);
            }
        };
    }

    private boolean passesOn() {
        return notifications.incrementAndGet() % ONE_IN != 0;
    }
}
