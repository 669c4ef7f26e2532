// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.request;

import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.wire.Features;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A device whose rings are as they should be, and which gets requests that are not: one at a time, each looked at when it
 * comes back.
 *
 * <pre>
 *   RequestChain --parts laid out, bytes of the kit's in every writable one--&gt; ring --&gt; device
 *   RequestAnswer &lt;--used length, what the writable bytes hold now-- no other byte of memory has changed
 * </pre>
 *
 * <p>Buffers lie in the first two regions of the case's memory and are gone with the next request; the third region is the
 * case's own. One thread, the case's.
 */
public final class RequestLine {
    private static final int LARGEST_QUEUE = 64;

    private final RawDriver driver;
    private final Stage stage;
    private final Features negotiated;

    private RequestLine(RawDriver driver, Stage stage, Features negotiated) {
        this.driver = driver;
        this.stage = stage;
        this.negotiated = negotiated;
    }

    /**
     * Resets a device and brings it up to DRIVER_OK with all that it offers of its own type's features.
     *
     * @param port the device
     * @param stage the case's
     * @param queues how many of its queues are set up, from 0 on
     * @param leftOut features that are not taken though they may be offered
     * @return the line to it
     */
    public static RequestLine start(DriverPort port, Stage stage, int queues, Features leftOut) {
        Features wanted = port.offeredFeatures().and(Features.DEVICE_TYPE).minus(leftOut);
        RawDriver driver = new RawDriver(port, stage);
        driver.negotiate(IntStream.range(0, Features.BITS).filter(wanted::has).toArray());
        for (int i = 0; i < queues; i++) {
            driver.setUpQueue(i, Math.min(LARGEST_QUEUE, port.maxQueueSize(i)));
        }
        driver.driverOk();
        return new RequestLine(driver, stage, wanted);
    }

    /**
     * Goes on with a device that is at DRIVER_OK.
     *
     * @param driver the driver that brought it there
     * @param stage the case's
     * @return the line to it, which knows of no features of its type
     */
    public static RequestLine on(RawDriver driver, Stage stage) {
        return new RequestLine(driver, stage, Features.NONE);
    }

    /** {@return what the device offers} */
    public Features offered() {
        return driver.port().offeredFeatures();
    }

    /** {@return what was agreed on of the features of the device's type} */
    public Features negotiated() {
        return negotiated;
    }

    /** {@return the stage} */
    public Stage stage() {
        return stage;
    }

    /**
     * {@return four bytes of the configuration}
     *
     * @param offset where they begin
     */
    public int configLe32(int offset) {
        return config(offset, Integer.BYTES).getInt();
    }

    /**
     * {@return eight bytes of the configuration}
     *
     * @param offset where they begin
     */
    public long configLe64(int offset) {
        return config(offset, Long.BYTES).getLong();
    }

    private ByteBuffer config(int offset, int lengthBytes) {
        return ByteBuffer.wrap(driver.port().readConfig(offset, lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes the configuration.
     *
     * @param offset where
     * @param bytes what
     */
    public void writeConfig(int offset, byte... bytes) {
        driver.port().writeConfig(offset, bytes);
        stage.settle();
    }

    /** {@return all of the configuration} */
    public byte[] wholeConfig() {
        return driver.port().readConfig(0, driver.port().configLengthBytes());
    }

    /**
     * Sends a request and waits until it comes back.
     *
     * @param queueIndex on which queue
     * @param chain the request
     * @return how it came back
     * @throws Finding if the device wrote what is not its to write, reported what cannot be, or needs a reset
     */
    public RequestAnswer exchange(int queueIndex, RequestChain chain) {
        CaseMemory memory = stage.memory();
        memory.clearBuffers();
        List<Desc> descs = new ArrayList<>();
        List<Long> places = new ArrayList<>();
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        for (RequestChain.Part part : chain.parts()) {
            long at = part.hasOwnBuffer()
                    ? memory.readable(part.writable() ? stage.randomBytes(part.lengthBytes()) : part.content())
                    : places.get(part.over()) + part.offset();
            places.add(at);
            if (part.writable()) {
                memory.partyMayWrite(at, part.lengthBytes());
                before.writeBytes(memory.get(at, part.lengthBytes()));
            }
            descs.add(part.writable() ? Desc.writable(at, part.lengthBytes()) : Desc.readable(at, part.lengthBytes()));
        }
        long usedBytes = offer(queueIndex, descs.toArray(Desc[]::new));
        RequestAnswer answer = new RequestAnswer(usedBytes, writable(chain, places), before.toByteArray());
        check(chain, answer);
        return answer;
    }

    private long offer(int queueIndex, Desc... chain) {
        RawDriverRing ring = driver.ring(queueIndex);
        int id = ring.offer(chain);
        driver.kick(queueIndex);
        stage.await(() -> ring.hasUsed() || driver.port().needsReset(), "the answer to a request");
        if (driver.port().needsReset()) {
            throw Finding.needsReset();
        }
        Used used = driver.awaitUsed(queueIndex, id);
        return used.lengthBytes();
    }

    private byte[] writable(RequestChain chain, List<Long> places) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < places.size(); i++) {
            RequestChain.Part part = chain.parts().get(i);
            if (part.writable()) {
                bytes.writeBytes(stage.memory().get(places.get(i), part.lengthBytes()));
            }
        }
        return bytes.toByteArray();
    }

    private void check(RequestChain chain, RequestAnswer answer) {
        List<String> trespasses = stage.memory().trespasses();
        if (!trespasses.isEmpty()) {
            throw Finding.escaped(String.join("\n", trespasses));
        }
        if (answer.usedBytes() > chain.writableBytes()) {
            throw Finding.lied("the used length is " + answer.usedBytes() + ", and the chain has room for "
                    + chain.writableBytes() + " bytes");
        }
        int unwritten = answer.unwrittenPromise();
        if (unwritten >= 0) {
            throw Finding.lied("the used length is " + answer.usedBytes() + ", and the bytes from " + unwritten
                    + " on were never written");
        }
    }
}
