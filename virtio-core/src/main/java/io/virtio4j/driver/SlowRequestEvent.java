// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * A chain that the device took long to use, in Java Flight Recorder.
 *
 * <p>Off until a recording turns it on, for example with
 * {@code io.virtio4j.SlowRequest#enabled=true,io.virtio4j.SlowRequest#slowerThan=5ms}. Only while it is on does a queue read
 * the clock, once when a chain is added and once when it is used.
 */
@Name("io.virtio4j.SlowRequest")
@Label("Slow VirtIO request")
@Category({"virtio4j"})
@Description("A chain of buffers that the device took longer to use than the setting slowerThan")
@Enabled(false)
@StackTrace(false)
final class SlowRequestEvent extends Event {
    /** Only asked whether the event is on: asking allocates nothing then. */
    private static final SlowRequestEvent PROBE = new SlowRequestEvent();

    @Label("Queue")
    @Description("Index of the queue")
    int queueIndex;

    @Label("Token")
    @Description("What the driver gave the chain as its token")
    long token;

    @Label("Latency")
    @Description("From the addition of the chain until the driver took it back")
    @Timespan(Timespan.NANOSECONDS)
    long latencyNanos;

    @Label("Bytes written")
    @Description("How many bytes the device says it wrote")
    long writtenBytes;

    @Label("In flight")
    @Description("Chains in flight when this one came back, itself included")
    int inFlight;

    /** {@return the clock if a recording asks for slow requests, never 0 then; else 0} */
    static long startNanos() {
        return PROBE.isEnabled() ? System.nanoTime() | 1 : 0;
    }

    /**
     * Records a chain if it was slow.
     *
     * @param startNanos what {@link #startNanos()} said, not 0
     */
    static void used(int queueIndex, long token, long startNanos, long writtenBytes, int inFlight) {
        SlowRequestEvent event = new SlowRequestEvent();
        event.queueIndex = queueIndex;
        event.token = token;
        event.latencyNanos = System.nanoTime() - startNanos;
        event.writtenBytes = writtenBytes;
        event.inFlight = inFlight;
        // Asks the settings, slowerThan among them.
        event.commit();
    }

    @Name("slowerThan")
    @Label("Slower than")
    @Description("Latency from which a request is recorded, for example 500us, 20ms or 1s")
    @SettingDefinition
    boolean isSlow(SlowerThan control) {
        return latencyNanos >= control.nanos();
    }
}
