// SPDX-License-Identifier: Apache-2.0
/*
 * The loop of the ring test over a split virtqueue (VirtIO 1.2, 2.7) in C: a driver and a device, each a thread on a processor of its
 * own, both polling. As the library's: what the other side writes is checked against private copies before it is used, a buffer's
 * token and address are asserted at both ends, and up to a batch of buffers is behind one index.
 *
 *   splitring --outstanding N --batch N --ring-size N --millis N [--cpus DRIVER,DEVICE]
 *
 * Prints nanoseconds a buffer, there and back.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_SIZE = 4096, BUFFER_BYTES = 64, NEXT = 1, WRITE = 2, LINE = 128 };
static const uint64_t GUEST = 0x40000000;
static const uint64_t WARM_NANOS = 5 * 1000 * 1000;

struct desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct used_elem {
    uint32_t id;
    uint32_t len;
};

/* What both sides share. */
static alignas(4096) struct desc table[MAX_SIZE];

static struct {
    alignas(LINE) uint16_t flags;
    _Atomic uint16_t idx;
    uint16_t ring[MAX_SIZE];
} avail;

static struct {
    alignas(LINE) uint16_t flags;
    _Atomic uint16_t idx;
    struct used_elem ring[MAX_SIZE];
} used;

static struct {
    alignas(LINE) atomic_bool stopped;
    alignas(LINE) char after;
} run;

static int size = 256, outstanding = 256, batch = 32, cpus[2] = {-1, -1};
static long millis = 50;

static void fail(const char *what) {
    fprintf(stderr, "splitring: %s\n", what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * 1000000000u + (uint64_t) t.tv_nsec;
}

static void pin(int cpu) {
    if (cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(cpu, &set);
        if (sched_setaffinity(0, sizeof set, &set) != 0) {
            fail("cannot pin a thread");
        }
    }
}

static uint64_t address(uint64_t serial) {
    return GUEST + (serial & (uint64_t) (size - 1)) * BUFFER_BYTES;
}

/* --- driver ------------------------------------------------------------------------------------------------------- */

static struct {
    alignas(LINE) uint16_t next[MAX_SIZE];
    bool in_flight[MAX_SIZE];
    uint32_t writable[MAX_SIZE];
    uint64_t token[MAX_SIZE];
    uint16_t free_head, added, published, taken, seen;
    uint64_t sent, returned;
    alignas(LINE) char after;
} driver;

static void add(uint64_t serial) {
    uint16_t head = driver.free_head;
    if (driver.in_flight[head]) {
        fail("no descriptor is free");
    }
    driver.in_flight[head] = true;
    driver.writable[head] = BUFFER_BYTES;
    driver.token[head] = serial;
    driver.free_head = driver.next[head];
    table[head] = (struct desc) {address(serial), BUFFER_BYTES, WRITE, 0};
    avail.ring[driver.added & (size - 1)] = head;
    driver.added++;
}

static void publish_avail(void) {
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&avail.idx, driver.added, memory_order_relaxed);
    driver.published = driver.added;
}

static void poll_used(void) {
    if (driver.seen == driver.taken) {
        uint16_t seen = atomic_load_explicit(&used.idx, memory_order_relaxed);
        if ((uint16_t) (seen - driver.taken) > (uint16_t) (driver.published - driver.taken)) {
            fail("used idx is ahead of what was published");
        }
        if (seen == driver.taken) {
            return;
        }
        driver.seen = seen;
    }
    atomic_thread_fence(memory_order_acquire);
    while (driver.taken != driver.seen) {
        struct used_elem element = used.ring[driver.taken & (size - 1)];
        uint32_t id = element.id;
        if (id >= (uint32_t) size || !driver.in_flight[id] || element.len > driver.writable[id]) {
            fail("a used element answers nothing in flight");
        }
        driver.in_flight[id] = false;
        driver.next[id] = driver.free_head;
        driver.free_head = (uint16_t) id;
        driver.taken++;
        if (driver.token[id] != driver.returned || element.len != BUFFER_BYTES) {
            fail("a buffer came back out of order");
        }
        driver.returned++;
    }
}

static void drive(uint64_t buffers) {
    uint64_t end = driver.returned + buffers;
    while (driver.returned < end) {
        uint64_t left = end - driver.sent;
        uint64_t wanted = left < (uint64_t) batch ? left : (uint64_t) batch;
        if (wanted > 0 && (uint64_t) outstanding - (driver.sent - driver.returned) >= wanted) {
            for (uint64_t i = 0; i < wanted; i++) {
                add(driver.sent++);
            }
            publish_avail();
        }
        poll_used();
    }
}

/* --- device ------------------------------------------------------------------------------------------------------- */

static struct {
    alignas(LINE) bool in_hand[MAX_SIZE];
    uint16_t heads[MAX_SIZE];
    uint16_t taken, seen, completed, published;
    uint64_t serial;
    alignas(LINE) char after;
} device;

/* Returns how many bytes may be written, having copied and checked the whole chain. */
static uint32_t walk(uint16_t head, uint64_t *offset) {
    uint32_t writable = 0;
    uint16_t slot = head;
    for (int count = 0; count < size; count++) {
        struct desc copy = table[slot];
        uint64_t end = (uint64_t) size * BUFFER_BYTES;
        if (copy.addr < GUEST || copy.addr - GUEST > end || copy.len > end - (copy.addr - GUEST)) {
            fail("a descriptor lies outside the memory");
        }
        *offset = copy.addr - GUEST;
        if (copy.flags & WRITE) {
            writable += copy.len;
        } else if (writable > 0) {
            fail("a readable descriptor follows a writable one");
        }
        if (!(copy.flags & NEXT)) {
            return writable;
        }
        slot = copy.next;
        if (slot >= size) {
            fail("a chain goes on outside the table");
        }
    }
    fail("a chain is a loop");
    return 0;
}

/* Returns a head, or -1 if there is none. */
static int next_head(uint64_t *offset, uint32_t *writable) {
    if (device.taken == device.seen) {
        uint16_t seen = atomic_load_explicit(&avail.idx, memory_order_relaxed);
        uint16_t pending = (uint16_t) (seen - device.taken);
        if (pending == 0) {
            return -1;
        }
        if (pending > size - (uint16_t) (device.taken - device.published)) {
            fail("avail idx is ahead of what can be available");
        }
        atomic_thread_fence(memory_order_acquire);
        for (uint16_t i = 0; i < pending; i++) {
            device.heads[(uint16_t) (device.taken + i) & (size - 1)] = avail.ring[(uint16_t) (device.taken + i) & (size - 1)];
        }
        device.seen = seen;
    }
    uint16_t head = device.heads[device.taken & (size - 1)];
    if (head >= size || device.in_hand[head]) {
        fail("a slot names what is no free descriptor");
    }
    *writable = walk(head, offset);
    device.in_hand[head] = true;
    device.taken++;
    return head;
}

static void complete(uint16_t head, uint32_t written, uint32_t writable) {
    if (!device.in_hand[head] || written > writable) {
        fail("a chain is completed that was not taken");
    }
    device.in_hand[head] = false;
    used.ring[device.completed & (size - 1)] = (struct used_elem) {head, written};
    device.completed++;
}

static void publish_used(void) {
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&used.idx, device.completed, memory_order_relaxed);
    device.published = device.completed;
}

static void *serve(void *unused) {
    (void) unused;
    pin(cpus[1]);
    for (;;) {
        int taken = 0;
        while (taken < batch) {
            uint64_t offset;
            uint32_t writable;
            int head = next_head(&offset, &writable);
            if (head < 0) {
                break;
            }
            if (GUEST + offset != address(device.serial++) || writable != BUFFER_BYTES) {
                fail("a buffer came out of order");
            }
            complete((uint16_t) head, BUFFER_BYTES, writable);
            taken++;
        }
        if (taken > 0) {
            publish_used();
        } else if (atomic_load_explicit(&run.stopped, memory_order_relaxed)) {
            return NULL;
        }
    }
}

/* --- program ------------------------------------------------------------------------------------------------------ */

static void parse(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--outstanding")) {
            outstanding = atoi(value);
        } else if (!strcmp(name, "--batch")) {
            batch = atoi(value);
        } else if (!strcmp(name, "--ring-size")) {
            size = atoi(value);
        } else if (!strcmp(name, "--millis")) {
            millis = atol(value);
        } else if (!strcmp(name, "--cpus")) {
            if (sscanf(value, "%d,%d", &cpus[0], &cpus[1]) != 2) {
                fail("--cpus takes two numbers");
            }
        } else {
            fail("unknown option");
        }
    }
    if (argc % 2 == 0 || size < 2 || size > MAX_SIZE || (size & (size - 1)) || outstanding < 1 || outstanding > size || batch < 1
            || batch > outstanding || millis < 1) {
        fail("usage: splitring --outstanding N --batch N --ring-size N --millis N [--cpus A,B]");
    }
}

int main(int argc, char **argv) {
    parse(argc, argv);
    for (int i = 0; i < size; i++) {
        driver.next[i] = (uint16_t) ((i + 1) & (size - 1));
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, NULL) != 0) {
        fail("cannot start a thread");
    }
    pin(cpus[0]);
    uint64_t piece = 1000;
    uint64_t start = now();
    while (now() - start < WARM_NANOS) {
        drive(piece);
    }
    uint64_t buffers = 0;
    start = now();
    uint64_t took;
    do {
        drive(piece * 20);
        buffers += piece * 20;
        took = now() - start;
    } while (took < (uint64_t) millis * 1000000u);
    atomic_store_explicit(&run.stopped, true, memory_order_relaxed);
    pthread_join(thread, NULL);
    printf("%.2f\n", (double) took / (double) buffers);
    return 0;
}
