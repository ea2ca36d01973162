// What the load generator and the fake engine share: time, sockets, and how an event looks.
#ifndef WIRE_H
#define WIRE_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// One token as vLLM streams it. The three fields that change have a fixed width, so an event is patched, not printed.
#define EVENT_HEAD                                                                                             \
    "data: {\"id\":\"chatcmpl-8f1c2d3e4a5b6c7d8f1c2d3e4a5b6c7d\",\"object\":\"chat.completion.chunk\","        \
    "\"created\":1790000000,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
#define EVENT_TAIL "\"},\"logprobs\":null,\"finish_reason\":null,\"token_ids\":null}]}"
#define SEQUENCE_DIGITS 8
#define STAMP_DIGITS 18
#define CHECK_DIGITS 8
#define MARK_BYTES (SEQUENCE_DIGITS + 1 + STAMP_DIGITS + 1 + CHECK_DIGITS)

static inline uint64_t now_nanos(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void die(const char *what) {
    perror(what);
    exit(1);
}

static inline void put_digits(char *to, int count, uint64_t value) {
    for (int i = count - 1; i >= 0; i--, value /= 10) to[i] = (char)('0' + value % 10);
}

static inline uint64_t get_digits(const char *from, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++) value = value * 10 + (uint64_t)(from[i] - '0');
    return value;
}

static inline uint32_t check_of(uint64_t stream, uint64_t sequence, uint64_t stamp) {
    uint64_t h = (stream * 0x9E3779B97F4A7C15u) ^ (sequence * 0xC2B2AE3D27D4EB4Fu) ^ stamp;
    h = (h ^ (h >> 31)) * 0x165667B19E3779F9u;
    return (uint32_t)((h ^ (h >> 29)) % 100000000u);
}

// A checksum over bytes however they are cut: eight at a time, the odd ones wait.
typedef struct {
    uint64_t hash, word;
    int pending;
} checksum;

static inline void checksum_add(checksum *sum, const unsigned char *bytes, size_t count) {
    for (; count > 0 && sum->pending > 0; count--) {
        sum->word |= (uint64_t)*bytes++ << (8 * sum->pending);
        if (++sum->pending == 8) {
            sum->hash = (sum->hash ^ sum->word) * 0x9E3779B97F4A7C15u;
            sum->pending = 0;
            sum->word = 0;
        }
    }
    for (; count >= 8; count -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        sum->hash = (sum->hash ^ word) * 0x9E3779B97F4A7C15u;
    }
    for (; count > 0; count--) sum->word |= (uint64_t)*bytes++ << (8 * sum->pending++);
}

static inline uint64_t checksum_end(const checksum *sum) {
    return (sum->hash ^ sum->word ^ (uint64_t)sum->pending) * 0x165667B19E3779F9u;
}

static inline void set_up_socket(int fd) {
    int one = 1;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // does nothing on a Unix socket
}

#endif
