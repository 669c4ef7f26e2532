// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser;

import io.virtio4j.device.VirtioDevice;
import io.virtio4j.vhostuser.MessageSocket.Frame;
import io.virtio4j.vhostuser.MessageSocket.Received;
import io.virtio4j.vhostuser.message.BackendRequest;
import io.virtio4j.vhostuser.message.Header;
import io.virtio4j.vhostuser.message.Incoming;
import io.virtio4j.vhostuser.message.Refusal;
import io.virtio4j.vhostuser.message.Reply;
import io.virtio4j.vhostuser.message.Request;
import io.virtio4j.vhostuser.message.RequestCode;
import io.virtio4j.vhostuser.os.EventFd;
import io.virtio4j.vhostuser.os.Poller;
import io.virtio4j.vhostuser.os.Poller.Interest;
import io.virtio4j.vhostuser.os.Poller.Watch;
import io.virtio4j.vhostuser.os.SystemCallException;
import io.virtio4j.vhostuser.os.UnixSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.ErrorHandler;

/**
 * One front-end, from its first message to its last: answers messages, serves rings, sleeps when there is nothing to do. The
 * device's thread.
 */
final class BackConnection implements AutoCloseable {
    /** A message that has begun is all there by then, and an answer taken: nobody keeps the device waiting. */
    private static final long MESSAGE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How often rings are looked at between two looks at the socket, which cost a system call. */
    private static final int LOOKS_PER_POLL = 64;

    /** How many looks that found nothing come before a sleep. */
    private static final int LOOKS_BEFORE_SLEEP = 256;

    private final MessageSocket socket;
    private final BackDevice device;
    private final BackRequests requests;
    private final EventFd wake;
    private final BooleanSupplier stopping;
    private final ErrorHandler errorHandler;
    private final boolean alwaysPolls;
    private final Poller poller = new Poller();
    private final List<Watch> watches = new ArrayList<>();
    private final List<EventFd> counters = new ArrayList<>();
    private boolean open = true;

    /** The thread does not sleep: it never does, or there is a ring that nobody kicks. */
    private boolean polls;

    BackConnection(
            UnixSocket socket,
            VirtioDevice device,
            boolean polls,
            EventFd wake,
            BooleanSupplier stopping,
            ErrorHandler errorHandler) {
        this.socket = new MessageSocket(socket);
        this.device = new BackDevice(device, this::configChanged, errorHandler);
        this.requests = new BackRequests(this.device);
        this.polls = polls;
        this.alwaysPolls = polls;
        this.wake = wake;
        this.stopping = stopping;
        this.errorHandler = errorHandler;
    }

    /** Returns when the front-end has gone, was sent away, or the server is to stop. */
    void serve() {
        watchAgain();
        int idle = 0;
        int looks = 0;
        while (open && !stopping.getAsBoolean()) {
            idle = device.session().service() > 0 ? 0 : idle + 1;
            looks++;
            if (idle > LOOKS_BEFORE_SLEEP && !polls) {
                sleep();
                idle = 0;
            } else if (looks >= LOOKS_PER_POLL) {
                looks = 0;
                look(0);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void sleep() {
        boolean quiet = device.session().enableNotifications();
        try {
            look(quiet ? SLEEP_NANOS : 0);
        } finally {
            device.session().disableNotifications();
        }
    }

    private void look(long timeoutNanos) {
        if (!poller.poll(watches, timeoutNanos)) {
            return;
        }
        // The socket last: what it says changes the list.
        for (int i = 1; i < watches.size(); i++) {
            if (poller.isReady(i)) {
                counters.get(i - 1).take();
            }
        }
        if (poller.isReady(0)) {
            answer();
            watchAgain();
        }
    }

    private void watchAgain() {
        watches.clear();
        counters.clear();
        polls = alwaysPolls;
        watches.add(new Watch(socket.fd(), Interest.READ));
        watch(wake);
        for (BackRing ring : device.rings()) {
            EventFd kick = ring.kick();
            polls |= ring.isPolled();
            if (ring.isActive() && kick != null) {
                watch(kick);
            }
        }
    }

    private void watch(EventFd counter) {
        counters.add(counter);
        watches.add(new Watch(counter.fd(), Interest.READ));
    }

    private void answer() {
        Received received = socket.receive(System.nanoTime() + MESSAGE_NANOS);
        Frame frame = received.frame();
        if (frame == null) {
            open = false;
            String reason = received.reason();
            if (reason != null) {
                sendAway(reason);
            }
            return;
        }
        Header header = frame.header();
        Incoming request = header.isReply()
                ? new Refusal("a reply to a request that was not made: " + header)
                : RequestCode.decode(
                        header.request(), frame.payload(), frame.fds().size());
        if (request instanceof Refusal refusal) {
            frame.closeFds();
            sendAway(refusal.reason());
            return;
        }
        answer(frame, (Request) request);
    }

    private void answer(Frame frame, Request request) {
        boolean wantsReply = requests.acknowledges() && frame.header().wantsReply();
        Reply reply = null;
        boolean done = false;
        requests.begin(frame.fds());
        try {
            request.dispatch(requests);
            reply = requests.reply();
            done = true;
        } catch (BadRequestException | SystemCallException e) {
            frame.closeFds();
            if (request.code().isAlwaysReplied() || !wantsReply) {
                sendAway(request + ": " + e.getMessage());
                return;
            }
            errorHandler.onError(new IllegalStateException("the front-end asks for what cannot be: " + request, e));
        } catch (RuntimeException | Error e) {
            frame.closeFds();
            throw e;
        }
        if (reply == null && wantsReply) {
            reply = new Reply.Value(done ? 0 : 1);
        }
        if (reply != null) {
            send(request, reply);
        }
    }

    private void send(Request request, Reply reply) {
        byte[] payload = reply.payload();
        Header header = Header.ofReply(request.code().number(), payload.length);
        try {
            socket.send(header, payload, List.of(), System.nanoTime() + MESSAGE_NANOS);
        } catch (SystemCallException e) {
            sendAway("it does not take the answer to " + request + ": " + e.getMessage());
        }
    }

    private void sendAway(String reason) {
        open = false;
        errorHandler.onError(new IllegalStateException("the front-end is sent away: " + reason));
    }

    /** The session tells of a changed configuration, or of a device that needs a reset. */
    private void configChanged() {
        if (device.needsReset()) {
            device.rings().forEach(BackRing::signalError);
        }
        MessageSocket backend = requests.backend();
        if (backend != null) {
            try {
                backend.send(
                        Header.ofRequest(BackendRequest.CONFIG_CHANGE, false, 0),
                        new byte[0],
                        List.of(),
                        System.nanoTime());
            } catch (SystemCallException e) {
                // It is told, and does not listen: the next message finds the same, or the end of the connection.
                errorHandler.onError(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            device.close();
        } finally {
            requests.close();
            socket.close();
        }
    }
}
