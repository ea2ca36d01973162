// Asks an engine, or a proxy in front of it, and checks every byte of what matters in the answers.
//
//   load sse  PORT PID STREAMS GAP_US WARM_MS MEASURE_MS [burst] [edit]
//   load post PORT PID CONNECTIONS BODY_BYTES WARM_MS MEASURE_MS [new]
//   load hold PORT PID REQUESTS BODY_BYTES
//   load ask  PORT
//
// PID is the process whose CPU time and memory are read; 0 for none. Prints one line of JSON. Events must come in order, be
// whole and carry their checksum, answers the checksum of the body that was sent; otherwise it ends with status 1. "edit"
// leaves the usage chunk unasked for, so that a proxy which asks for it must take it out again. A connection sends one body
// again and again, as an agent does with what was said, or with "new" a message that nobody has seen before.
#include "wire.h"
#include <sys/resource.h>

#define MAX_LINE 2048
#define MAX_SAMPLES (4 << 20)
#define MAX_OPEN 60000
#define NEW_DIGITS 12

enum part { HEAD, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER };

typedef struct {
    int fd;
    enum part part;
    char line[MAX_LINE];
    size_t line_used;
    uint64_t body_left, stream, sequence, asked, to_send_hash;
    char *request, *body, *user_text;
    size_t request_bytes, request_sent;
    int is_chunked, saw_usage, saw_done, ended;
} connection;

static connection *open_by_fd[MAX_OPEN];
static int epoll_fd, is_sse, is_edit, port;
static uint64_t events, gap_us, answers, arrived, ended_well;
static int is_burst, is_new, is_measuring;
static uint64_t messages;
static uint32_t *samples;
static size_t sample_count;

static void wrong(const connection *c, const char *what, const char *bytes, size_t count) {
    fprintf(stderr, "load: stream %llu, event %llu: %s: %.*s\n", (unsigned long long)c->stream,
            (unsigned long long)c->sequence, what, (int)count, bytes);
    exit(1);
}

static void sample(uint64_t nanos) {
    if (is_measuring && sample_count < MAX_SAMPLES) samples[sample_count++] = nanos > 4000000000u ? 4000000000u : (uint32_t)nanos;
}

static void sum_up(connection *c) {
    checksum sum = {0};
    checksum_add(&sum, (unsigned char *)c->body, c->request_bytes - (size_t)(c->body - c->request));
    c->to_send_hash = checksum_end(&sum);
}

static void make_request(connection *c, size_t body_bytes) {
    static const char OPENING[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"You are agent %08llu of a benchmark.\"},"
                                  "{\"role\":\"user\",\"content\":\"";
    char closing[160], opening[256];
    snprintf(closing, sizeof closing, "\"}],\"max_tokens\":%d,\"stream\":%s%s}", 16, is_sse ? "true" : "false",
             is_sse && !is_edit ? ",\"stream_options\":{\"include_usage\":true}" : "");
    snprintf(opening, sizeof opening, OPENING, (unsigned long long)c->stream);
    size_t filler = body_bytes > strlen(opening) + strlen(closing) ? body_bytes - strlen(opening) - strlen(closing) : 0;
    size_t body = strlen(opening) + filler + strlen(closing);
    c->request = malloc(body + 1024);
    int n = sprintf(c->request,
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: application/json\r\n"
                    "Content-Type: application/json\r\nAuthorization: Bearer sk-benchmark-0123456789\r\n"
                    "User-Agent: OpenAI/Python 2.8.0\r\nX-Stainless-Lang: python\r\nX-Stainless-Package-Version: 2.8.0\r\n"
                    "X-Stainless-OS: Linux\r\nX-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\n"
                    "X-Stainless-Runtime-Version: 3.12.4\r\nx-stainless-retry-count: 0\r\nX-Session-Id: session-%llu\r\n"
                    "x-stream: %llu\r\nx-events: %llu\r\nx-gap-us: %llu\r\nx-burst: %d\r\nContent-Length: %zu\r\n\r\n",
                    port, (unsigned long long)c->stream, (unsigned long long)c->stream, (unsigned long long)events, (unsigned long long)gap_us, is_burst, body);
    c->body = c->request + n;
    c->user_text = stpcpy(c->body, opening);
    char *at = c->user_text;
    // Lines with an escape each, as text has them.
    for (size_t i = 0; i < filler; i++) *at++ = "lorem ipsum dolor sit amet, consectetur adipiscing elit;\\n"[(i + c->stream) % 58];
    if (at[-1] == '\\') at[-1] = ' ';
    at = stpcpy(at, closing);
    c->request_bytes = (size_t)(at - c->request);
    if (is_new && filler < NEW_DIGITS + 2) wrong(c, "a body too small for a text of its own", "", 0);
    sum_up(c);
}

static void watch(connection *c, uint32_t what) {
    struct epoll_event e = {.events = what, .data.fd = c->fd};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void send_request(connection *c) {
    ssize_t n = send(c->fd, c->request + c->request_sent, c->request_bytes - c->request_sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) die("send");
    if (n > 0) c->request_sent += (size_t)n;
    watch(c, c->request_sent < c->request_bytes ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void ask(connection *c) {
    if (is_new) {
        put_digits(c->user_text, NEW_DIGITS, messages++);
        sum_up(c);
    }
    c->request_sent = 0;
    c->sequence = 0;
    c->saw_usage = c->saw_done = 0;
    c->part = HEAD;
    c->line_used = 0;
    c->asked = now_nanos();
    send_request(c);
}

static connection *connect_one(uint64_t number, size_t body_bytes) {
    connection *c = calloc(1, sizeof *c);
    c->stream = number;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || c->fd >= MAX_OPEN) die("socket");
    // A source address of its own for every ten thousand: ports are few.
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(number / 10000));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1;
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from) || connect(c->fd, (struct sockaddr *)&to, sizeof to)) die("connect");
    set_up_socket(c->fd);
    open_by_fd[c->fd] = c;
    struct epoll_event e = {.events = EPOLLIN, .data.fd = c->fd};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &e);
    make_request(c, body_bytes);
    return c;
}

static void on_answer_end(connection *c) {
    answers += (uint64_t)is_measuring;
    if (is_sse) {
        if (c->sequence != events || !c->saw_done || c->saw_usage == is_edit) wrong(c, "ended early", "", 0);
        ended_well++;
        c->ended = 1;
    } else {
        sample(now_nanos() - c->asked);
        ask(c);
    }
}

// A line of a stream: an event that we know by heart, or one of the last.
static void on_event_line(connection *c, const char *line, size_t count, uint64_t now) {
    const size_t head = sizeof EVENT_HEAD - 1, tail = sizeof EVENT_TAIL - 1;
    if (count == 0) return;
    if (count == head + MARK_BYTES + tail && memcmp(line, EVENT_HEAD, head) == 0 && memcmp(line + count - tail, EVENT_TAIL, tail) == 0) {
        const char *mark = line + head;
        uint64_t sequence = get_digits(mark, SEQUENCE_DIGITS), stamp = get_digits(mark + SEQUENCE_DIGITS + 1, STAMP_DIGITS);
        if (sequence != c->sequence) wrong(c, "out of order", line, count);
        if (get_digits(mark + MARK_BYTES - CHECK_DIGITS, CHECK_DIGITS) != check_of(c->stream, sequence, stamp))
            wrong(c, "checksum", line, count);
        c->sequence++;
        arrived++;
        sample(now - stamp);
    } else if (memmem(line, count, "[DONE]", 6)) {
        c->saw_done = 1;
    } else if (memmem(line, count, "\"usage\":{", 9)) {
        c->saw_usage = 1;
    } else if (!memmem(line, count, "\"finish_reason\":\"stop\"", 22)) {
        wrong(c, "not an event", line, count);
    }
}

static void on_content(connection *c, const char *bytes, size_t count, uint64_t now) {
    while (count > 0) {
        const char *eol = is_sse ? memchr(bytes, '\n', count) : NULL;
        size_t taken = eol ? (size_t)(eol - bytes) : count;
        if (c->line_used + taken >= MAX_LINE) wrong(c, "too long", bytes, count);
        memcpy(c->line + c->line_used, bytes, taken);
        c->line_used += taken;
        if (eol) {
            on_event_line(c, c->line, c->line_used, now);
            c->line_used = 0;
            taken++;
        }
        bytes += taken;
        count -= taken;
    }
}

static void on_whole_answer(connection *c) {
    char expected[17];
    snprintf(expected, sizeof expected, "%016llx", (unsigned long long)c->to_send_hash);
    if (!memmem(c->line, c->line_used, expected, 16)) wrong(c, "checksum of the body", c->line, c->line_used);
    on_answer_end(c);
}

static void on_head(connection *c) {
    c->line[c->line_used] = 0;
    if (strncmp(c->line, "HTTP/1.1 200", 12) != 0) wrong(c, "status", c->line, c->line_used);
    char *length = strcasestr(c->line, "\ncontent-length: ");
    c->is_chunked = strcasestr(c->line, "\ntransfer-encoding: chunked") != NULL;
    c->body_left = length ? strtoull(length + 17, NULL, 10) : 0;
    c->part = c->is_chunked ? CHUNK_SIZE : BODY;
    c->line_used = 0;
}

// One line of a head or of a chunk's framing: its bytes without the LF go to `line`; returns what was used.
static size_t to_line_end(char *line, size_t *used, const char *bytes, size_t count, int *is_whole) {
    const char *eol = memchr(bytes, '\n', count);
    size_t taken = eol ? (size_t)(eol - bytes) : count;
    if (*used + taken + 2 >= MAX_LINE) exit(3);
    memcpy(line + *used, bytes, taken);
    *used += taken;
    *is_whole = eol != NULL;
    return taken + (eol != NULL);
}

static size_t step(connection *c, const char *bytes, size_t count, uint64_t now) {
    static char framing[MAX_OPEN][24];
    char *size_line = framing[c->fd];
    switch (c->part) {
        case HEAD: {
            int is_whole;
            size_t used = to_line_end(c->line, &c->line_used, bytes, count, &is_whole);
            if (is_whole) c->line[c->line_used++] = '\n';
            if (is_whole && c->line_used >= 3 && c->line[c->line_used - 3] == '\n') on_head(c);
            return used;
        }
        case BODY:
        case CHUNK_DATA: {
            size_t taken = count < c->body_left ? count : (size_t)c->body_left;
            c->body_left -= taken;
            on_content(c, bytes, taken, now);
            if (c->body_left == 0) {
                if (c->part == CHUNK_DATA) c->part = CHUNK_END;
                else on_whole_answer(c);
            }
            return taken;
        }
        case CHUNK_SIZE:
        case CHUNK_END:
        case TRAILER: {
            size_t used = strlen(size_line);
            if (used > 20) wrong(c, "chunk size", size_line, used);
            size_line[used] = *bytes;
            size_line[used + 1] = 0;
            if (*bytes != '\n') return 1;
            if (c->part == CHUNK_END) {
                if (used != 1) wrong(c, "end of chunk", size_line, used);
                c->part = CHUNK_SIZE;
            } else if (c->part == CHUNK_SIZE) {
                c->body_left = strtoull(size_line, NULL, 16);
                c->part = c->body_left ? CHUNK_DATA : TRAILER;
            } else {
                *size_line = 0;
                on_answer_end(c);
            }
            *size_line = 0;
            return 1;
        }
    }
    return count;
}

static void on_readable(connection *c) {
    static char bytes[256 << 10];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n == 0) wrong(c, "closed", "", 0);
    if (n < 0) {
        if (errno != EAGAIN) wrong(c, strerror(errno), "", 0);
        return;
    }
    uint64_t now = now_nanos();
    for (size_t at = 0; at < (size_t)n;) at += step(c, bytes + at, (size_t)n - at, now);
}

static void run_for(uint64_t nanos) {
    uint64_t end = now_nanos() + nanos;
    struct epoll_event ready[256];
    for (uint64_t now = now_nanos(); now < end; now = now_nanos()) {
        struct timespec wait = {0, (long)(end - now > 50000000 ? 50000000 : end - now)};
        int n = epoll_pwait2(epoll_fd, ready, 256, &wait, NULL);
        for (int i = 0; i < n; i++) {
            connection *c = open_by_fd[ready[i].data.fd];
            if (ready[i].events & EPOLLOUT) send_request(c);
            if (ready[i].events & ~(uint32_t)EPOLLOUT) on_readable(c);
        }
    }
}

static uint64_t cpu_nanos(pid_t pid) {
    clockid_t clock;
    struct timespec t;
    if (pid == 0 || clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t)) return 0;
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static long rss_kib(pid_t pid) {
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *status = fopen(path, "r");
    if (!status) return 0;
    while (fgets(line, sizeof line, status)) sscanf(line, "VmRSS: %ld", &kib);
    fclose(status);
    return kib;
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile_us(double p) {
    return sample_count == 0 ? 0 : samples[(size_t)(p * (double)(sample_count - 1))] / 1e3;
}

// Streams speak spread over their gap, as they do when nobody arranges them: each begins so many parts of the gap after the one
// before that all parts are used once, and none sooner than after half a millisecond. A proxy that cannot follow the starts
// would begin many at once, and these would meet with every event.
static uint64_t time_between_starts(uint64_t count) {
    uint64_t part = gap_us * 1000 / count, parts = (500000 + part - 1) / part;
    for (;; parts++) {
        uint64_t a = parts, b = count;
        while (b) {
            uint64_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) return parts * part;
    }
}

static void measure(pid_t pid, uint64_t warm_ms, uint64_t measure_ms) {
    run_for(warm_ms * 1000000);
    uint64_t cpu = cpu_nanos(pid), start = now_nanos(), before = arrived;
    is_measuring = 1;
    run_for(measure_ms * 1000000);
    is_measuring = 0;
    double seconds = (double)(now_nanos() - start) / 1e9;
    cpu = cpu_nanos(pid) - cpu;
    uint64_t done = is_sse ? arrived - before : answers;
    qsort(samples, sample_count, sizeof *samples, by_value);
    printf("{\"done\": %llu, \"per_second\": %.1f, \"cpu_us\": %.3f, \"busy\": %.3f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"rss_kib\": %ld",
           (unsigned long long)done, (double)done / seconds, done ? (double)cpu / 1e3 / (double)done : 0.0, (double)cpu / 1e9 / seconds,
           percentile_us(0.5), percentile_us(0.99), rss_kib(pid));
}

// One small request over a fresh connection; 0 if it was answered well.
static int ask_once(void) {
    static const char REQUEST[] =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{\"model\": \"m\"}";
    char answer[4096];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int failed = connect(fd, (struct sockaddr *)&to, sizeof to) || send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) < 0 ||
                 recv(fd, answer, sizeof answer, 0) < 12 || memcmp(answer, "HTTP/1.1 200", 12) != 0;
    if (failed) usleep(1000);
    return failed;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "ask") == 0) {
        port = atoi(argv[2]);
        return ask_once();
    }
    if (argc < 6) {
        fprintf(stderr, "usage: load sse|post|hold PORT PID COUNT GAP_US|BODY_BYTES [WARM_MS MEASURE_MS] [burst] [edit] [new]\n");
        return 2;
    }
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    const char *mode = argv[1];
    port = atoi(argv[2]);
    pid_t pid = atoi(argv[3]);
    uint64_t count = strtoull(argv[4], NULL, 10), size = strtoull(argv[5], NULL, 10);
    uint64_t between_nanos = 0, warm_ms = argc > 6 ? strtoull(argv[6], NULL, 10) : 0, measure_ms = argc > 7 ? strtoull(argv[7], NULL, 10) : 0;
    for (int i = 8; i < argc; i++) {
        is_burst |= strcmp(argv[i], "burst") == 0;
        is_edit |= strcmp(argv[i], "edit") == 0;
        is_new |= strcmp(argv[i], "new") == 0;
    }
    messages = now_nanos();
    is_sse = strcmp(mode, "sse") == 0;
    samples = malloc(MAX_SAMPLES * sizeof *samples);
    epoll_fd = epoll_create1(0);
    if (strcmp(mode, "hold") == 0) {
        // The first is answered with a stream that says one thing and nothing more; the others wait behind it.
        is_sse = 1;
        events = 1000;
        gap_us = 300000000;
        long before = rss_kib(pid);
        for (uint64_t i = 0; i < count; i++) {
            ask(connect_one(i + 1, size));
            if (i % 32 == 0) run_for(1000000);
        }
        run_for(2000000000u);
        long after = rss_kib(pid);
        printf("{\"held\": %llu, \"before_kib\": %ld, \"after_kib\": %ld, \"per_request_bytes\": %.0f}\n", (unsigned long long)count,
               before, after, (double)(after - before) * 1024 / (double)count);
        return 0;
    }
    if (is_sse) {
        gap_us = size;
        between_nanos = is_burst ? 0 : time_between_starts(count);
        events = ((warm_ms + measure_ms) * 1000 + count * between_nanos / 1000) / gap_us + 1;
    }
    for (uint64_t i = 0; i < count; i++) {
        ask(connect_one(i + 1, is_sse ? 512 : size));
        if (between_nanos) run_for(between_nanos);
    }
    measure(pid, warm_ms, measure_ms);
    if (is_sse) {
        for (int i = 0; i < 50 && ended_well < count; i++) run_for(100000000);
        printf(", \"whole_streams\": %llu", (unsigned long long)ended_well);
    }
    printf("}\n");
    return 0;
}
