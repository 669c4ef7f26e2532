// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.driver.DeviceCheck;
import io.virtio4j.driver.DeviceHealth;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.driver.UsedBufferSignal;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceId;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The plainest driver there is: a session and one queue, several chains in flight at once, all that the queue half can
 * do. Knows what every answer must be.
 */
public final class PlainDriver implements DriverUnderTest {
    private static final int QUEUE_SIZE = 8;
    private static final int TABLE_ENTRIES = 4;
    /** As many as are sent at once: what the device shows beyond them waits for the next poll. */
    private static final int LIMIT = 3;

    /** So many looks find nothing, and the device had a turn at each: nothing will come. */
    private static final int SPINS = 32;

    /** The three chains that are sent at once have as many parts. */
    private static final int MIN_QUEUE_SIZE = 6;

    private final HonestDevice device = new EchoDevice();
    private final Map<Long, Exchange> exchanges = new HashMap<>();
    private @Nullable Opened opened;
    private String fault = "";
    private long lastToken;

    private record Opened(Bench bench, DriverSession session, DeviceHealth health, UsedBufferSignal signal) {}

    private @Nullable ActiveQueue active;

    /** Makes a driver. */
    public PlainDriver() {}

    @Override
    public HonestDevice device() {
        return device;
    }

    // --- up and down -------------------------------------------------------------------------------------------

    @Override
    public Told open(Bench bench) {
        DriverSession session;
        try {
            DriverSpec spec = new DriverSpec(DeviceId.ENTROPY, DriverSpec.ALL_RING_FEATURES, Features.NONE, List.of());
            session = DriverSession.open(bench.transport(), spec, DeviceCheck.NONE, bench.timeoutNanos());
        } catch (DeviceInitException | TransportException e) {
            return Told.refused(e);
        }
        try {
            Opened now =
                    new Opened(bench, session, DeviceHealth.of(session, bench.errorHandler()), new UsedBufferSignal());
            readConfig(now);
            active = setUp(now);
            session.driverOk();
            opened = now;
            return fault.isEmpty() ? Told.DONE : Told.wrong(fault);
        } catch (DeviceInitException | TransportException e) {
            session.giveUp(e);
            session.close();
            active = null;
            return Told.refused(e);
        }
    }

    /** Each byte is one more than the one before it: bytes of two configurations are seen. */
    private void readConfig(Opened now) {
        int there = now.session.transport().configLengthBytes();
        if (there < EchoDevice.CONFIG_BYTES) {
            throw now.session.giveUp("a configuration of " + there + " bytes");
        }
        byte[] config = now.session.readConfig(0, EchoDevice.CONFIG_BYTES);
        for (int i = 1; i < config.length; i++) {
            if (config[i] != (byte) (config[0] + i)) {
                fault = "byte " + i + " of the configuration is of another one: " + config[i];
            }
        }
    }

    private static ActiveQueue setUp(Opened now) {
        DriverSession session = now.session;
        int max = session.maxQueueSize(0);
        int size = Math.min(QUEUE_SIZE, max);
        if (RingFormat.of(session.features()) == RingFormat.SPLIT) {
            size = Integer.highestOneBit(Math.max(0, size));
        }
        if (session.transport().queueCount() < 1 || size < MIN_QUEUE_SIZE) {
            throw session.giveUp("no queue, or one of " + max + " descriptors");
        }
        return session.setUpQueue(
                0, size, TABLE_ENTRIES, now.bench.arena(), BarrierPolicy.OPTIMIZED, now.signal, now.health);
    }

    @Override
    public void close() {
        Opened now = opened;
        ActiveQueue queue = active;
        if (now != null && queue != null) {
            now.session.close();
            cancel(queue.queue());
            opened = null;
            active = null;
            fault = "";
        }
    }

    private void cancel(DriverQueue queue) {
        queue.cancelAll(token -> {
            Exchange exchange = exchanges.remove(token);
            if (exchange == null) {
                fault = "chain " + token + " came back by a reset, and was back or never sent";
            } else {
                exchange.free();
            }
        });
    }

    @Override
    public List<String> inFlight() {
        return exchanges.isEmpty() ? List.of() : List.of("chains that never came back: " + exchanges.keySet());
    }

    // --- requests ----------------------------------------------------------------------------------------------

    @Override
    public Told request(long seed) {
        Opened now = opened;
        if (now == null || active == null) {
            return Told.broken("not open");
        }
        try {
            if (now.health.takeConfigChanged()) {
                readConfig(now);
            }
            Told told = together(now, seed);
            if (told.kind() == Told.Kind.DONE) {
                told = asleep(now, seed);
            }
            if (told.kind() == Told.Kind.DONE && now.session.features().has(FeatureBits.RING_RESET)) {
                told = resetQueue(now, seed);
            }
            return fault.isEmpty() ? told : Told.wrong(fault);
        } catch (TransportException e) {
            return Told.broken(e.toString());
        }
    }

    /** Three chains at once, spinning: two parts, three parts, and one that the device only reads. */
    private Told together(Opened now, long seed) {
        ActiveQueue queue = queue();
        // Late answers make room; what nobody asked for is found here too.
        int late = queue.queue().poll(this::onUsed, QUEUE_SIZE);
        while (late >= 0 && !exchanges.isEmpty()) {
            late = queue.queue().pollUsed(this::onUsed, QUEUE_SIZE, SPINS, now.bench.idle());
            if (late == 0) {
                break;
            }
        }
        long first = lastToken + 1;
        boolean added = add(queue, new Exchange(now.bench.arena(), seed, 16, 64))
                && add(queue, new Exchange(now.bench.arena(), seed + 1, 8, 24, 40))
                && add(queue, new Exchange(now.bench.arena(), seed + 2, 12));
        queue.queue().publish();
        queue.queue().kick(queue.doorbell());
        int taken = added ? 1 : 0;
        while (taken > 0 && isOut(first)) {
            taken = queue.queue().pollUsed(this::onUsed, LIMIT, SPINS, now.bench.idle());
        }
        return told(now, queue, first, taken);
    }

    /** One chain, asleep until the device calls. */
    private Told asleep(Opened now, long seed) {
        ActiveQueue queue = queue();
        long first = lastToken + 1;
        int taken = add(queue, new Exchange(now.bench.arena(), seed + 3, 20, 30)) ? 1 : 0;
        queue.queue().publish();
        queue.queue().kick(queue.doorbell());
        while (taken > 0 && isOut(first)) {
            taken = queue.queue().awaitUsed(this::onUsed, LIMIT, now.signal, now.bench.timeoutNanos());
        }
        return told(now, queue, first, taken);
    }

    /** One chain again, on the queue as it is after a reset of its own. */
    private Told resetQueue(Opened now, long seed) {
        ActiveQueue old = queue();
        if (add(old, new Exchange(now.bench.arena(), seed, 5, 6))) {
            // In flight while the queue is reset.
            old.queue().publish();
        }
        now.session.resetQueue(old);
        cancel(old.queue());
        active = setUp(now);
        return asleep(now, seed + 1);
    }

    private ActiveQueue queue() {
        ActiveQueue queue = active;
        if (queue == null) {
            throw new IllegalStateException("no queue is set up");
        }
        return queue;
    }

    private boolean add(ActiveQueue queue, Exchange exchange) {
        long token = ++lastToken;
        if (queue.queue().add(exchange.chain(), token) < 0) {
            exchange.free();
            return false;
        }
        exchanges.put(token, exchange);
        return true;
    }

    private boolean isOut(long firstToken) {
        return exchanges.keySet().stream().anyMatch(token -> token >= firstToken);
    }

    private Told told(Opened now, ActiveQueue queue, long firstToken, int taken) {
        if (queue.queue().isBroken()
                || taken == DriverQueue.BROKEN
                || now.health.failure().isPresent()) {
            return Told.broken(String.valueOf(now.health.failure()));
        }
        return isOut(firstToken) || taken == 0 ? Told.failed("not all chains came back") : Told.DONE;
    }

    private void onUsed(long token, long writtenBytes) {
        Exchange exchange = exchanges.remove(token);
        if (exchange == null) {
            fault = "chain " + token + " came back, and was back already or never sent";
            return;
        }
        String wrong = exchange.fault(writtenBytes);
        if (!wrong.isEmpty()) {
            fault = "chain " + token + ": " + wrong;
        }
        exchange.free();
        Opened now = opened;
        if (now != null) {
            // The device goes on while the driver is at work.
            now.bench.idle().idle();
        }
    }
}
