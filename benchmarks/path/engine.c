// A fake engine: answers as vLLM does, and stamps every event that it streams.
//
//   engine TCP_PORT UNIX_PATH
//
// GET /v1/models, /version and /metrics say what a proxy for engines asks. POST to anything answers with JSON and usage; with
// the fields x-events, x-gap-us and x-stream it streams that many events, one every gap, each in a chunk of its own; with
// x-burst all streams speak at the same moments, as a batching engine's do. One thread; stops with its standard input.
#include "wire.h"

#define MAX_HEAD (32 << 10)
#define MAX_CONNECTIONS 60000

typedef struct {
    int fd, is_streaming, is_burst, wants_usage, heap_at;
    char *head;
    size_t head_used;
    uint64_t body_left;
    checksum body;
    uint64_t stream, sequence, events, gap, due;
    char *unsent;
    size_t unsent_bytes;
} connection;

static connection *connections[MAX_CONNECTIONS];
static connection *heap[MAX_CONNECTIONS];
static int heap_size, epoll_fd;
static char event_frame[1024];
static size_t event_frame_bytes, mark_at;

static const char *METRICS =
    "# TYPE vllm:cache_config_info gauge\n"
    "vllm:cache_config_info{block_size=\"16\",engine=\"0\",num_gpu_blocks=\"60000000\"} 1.0\n"
    "# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine=\"0\",model_name=\"m\"} 1.0\n"
    "# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 0.0\n"
    "# TYPE vllm:kv_cache_usage_perc gauge\nvllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.1\n"
    "# TYPE vllm:prefix_cache_queries counter\nvllm:prefix_cache_queries_total{engine=\"0\",model_name=\"m\"} 1000.0\n"
    "# TYPE vllm:prefix_cache_hits counter\nvllm:prefix_cache_hits_total{engine=\"0\",model_name=\"m\"} 900.0\n"
    "# TYPE vllm:num_preemptions counter\nvllm:num_preemptions_total{engine=\"0\",model_name=\"m\"} 0.0\n"
    "# TYPE vllm:prompt_tokens counter\nvllm:prompt_tokens_total{engine=\"0\",model_name=\"m\"} 1000.0\n"
    "# TYPE vllm:generation_tokens counter\nvllm:generation_tokens_total{engine=\"0\",model_name=\"m\"} 1000.0\n";

static void heap_swap(int a, int b) {
    connection *c = heap[a];
    heap[a] = heap[b];
    heap[b] = c;
    heap[a]->heap_at = a;
    heap[b]->heap_at = b;
}

static void heap_fix(int i) {
    while (i > 0 && heap[i]->due < heap[(i - 1) / 2]->due) {
        heap_swap(i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
    for (;;) {
        int least = i;
        for (int child = 2 * i + 1; child <= 2 * i + 2 && child < heap_size; child++)
            if (heap[child]->due < heap[least]->due) least = child;
        if (least == i) return;
        heap_swap(i, least);
        i = least;
    }
}

static void heap_add(connection *c) {
    c->heap_at = heap_size;
    heap[heap_size++] = c;
    heap_fix(c->heap_at);
}

static void heap_remove(connection *c) {
    int at = c->heap_at;
    if (at < 0) return;
    heap_swap(at, heap_size - 1);
    heap_size--;
    c->heap_at = -1;
    if (at < heap_size) heap_fix(at);
}

static void drop(connection *c) {
    heap_remove(c);
    close(c->fd);
    connections[c->fd] = NULL;
    free(c->head);
    free(c->unsent);
    free(c);
}

static void watch(connection *c, uint32_t events) {
    struct epoll_event e = {.events = events, .data.fd = c->fd};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

// Sends, or keeps what the peer does not take; nothing is asked to be sent while something is kept.
static void send_all(connection *c, const char *bytes, size_t count) {
    ssize_t sent = send(c->fd, bytes, count, MSG_NOSIGNAL);
    if (sent < 0) sent = 0;
    if ((size_t)sent < count) {
        c->unsent_bytes = count - (size_t)sent;
        c->unsent = malloc(c->unsent_bytes);
        memcpy(c->unsent, bytes + sent, c->unsent_bytes);
        watch(c, EPOLLIN | EPOLLOUT);
    }
}

static void answer(connection *c, const char *type, const char *body) {
    char out[8192];
    int n = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-length: %zu\r\ncontent-type: %s\r\n\r\n%s",
                     strlen(body), type, body);
    send_all(c, out, (size_t)n);
}

static void answer_whole(connection *c) {
    char body[1024];
    snprintf(body, sizeof body,
             "{\"id\":\"chatcmpl-8f1c2d3e4a5b6c7d\",\"object\":\"chat.completion\",\"created\":1790000000,\"model\":\"m\","
             "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%016llx\",\"refusal\":null,"
             "\"tool_calls\":[]},\"logprobs\":null,\"finish_reason\":\"stop\",\"stop_reason\":null}],"
             "\"usage\":{\"prompt_tokens\":120,\"total_tokens\":136,\"completion_tokens\":16,"
             "\"prompt_tokens_details\":{\"cached_tokens\":112}},\"prompt_logprobs\":null}",
             (unsigned long long)checksum_end(&c->body));
    answer(c, "application/json", body);
}

static void next_due(connection *c, uint64_t now) {
    c->due = c->is_burst ? (now / c->gap + 1) * c->gap : c->due + c->gap;
    heap_add(c);
}

static void begin_stream(connection *c) {
    static const char HEAD[] =
        "HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
    c->is_streaming = 1;
    c->sequence = 0;
    c->due = now_nanos();
    send_all(c, HEAD, sizeof HEAD - 1);
    next_due(c, c->due);
}

static size_t put_chunk(char *to, const char *data) {
    return (size_t)sprintf(to, "%zx\r\n%s\r\n", strlen(data), data);
}

static void end_stream(connection *c) {
    char out[4096], data[1024];
    size_t n = 0;
    snprintf(data, sizeof data, "%sx\"},\"logprobs\":null,\"finish_reason\":\"stop\",\"stop_reason\":null}]}\n\n", EVENT_HEAD);
    n += put_chunk(out + n, data);
    snprintf(data, sizeof data,
             "data: {\"id\":\"chatcmpl-8f1c2d3e4a5b6c7d8f1c2d3e4a5b6c7d\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,"
             "\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":120,\"total_tokens\":%llu,\"completion_tokens\":%llu,"
             "\"prompt_tokens_details\":{\"cached_tokens\":112}}}\n\n",
             (unsigned long long)c->events + 120, (unsigned long long)c->events);
    if (c->wants_usage) n += put_chunk(out + n, data);
    n += put_chunk(out + n, "data: [DONE]\n\n");
    n += (size_t)sprintf(out + n, "0\r\n\r\n");
    c->is_streaming = 0;
    send_all(c, out, n);
}

// The next event, unless the peer has not taken the last one yet: then the stream waits.
static void on_due(connection *c, uint64_t now) {
    heap_remove(c);
    if (c->unsent) {
        c->due = now;
        next_due(c, now);
        return;
    }
    if (c->sequence == c->events) {
        end_stream(c);
        return;
    }
    char *mark = event_frame + mark_at;
    uint64_t stamp = now_nanos();
    put_digits(mark, SEQUENCE_DIGITS, c->sequence);
    put_digits(mark + SEQUENCE_DIGITS + 1, STAMP_DIGITS, stamp);
    put_digits(mark + MARK_BYTES - CHECK_DIGITS, CHECK_DIGITS, check_of(c->stream, c->sequence, stamp));
    c->sequence++;
    send_all(c, event_frame, event_frame_bytes);
    next_due(c, now);
}

static uint64_t field(const char *head, const char *name, uint64_t otherwise) {
    const char *at = strcasestr(head, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : otherwise;
}

static void on_request(connection *c) {
    char *head = c->head;
    if (strncmp(head, "GET /v1/models", 14) == 0) {
        answer(c, "application/json",
               "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\",\"owned_by\":\"vllm\",\"max_model_len\":1000000}]}");
    } else if (strncmp(head, "GET /version", 12) == 0) {
        answer(c, "application/json", "{\"version\":\"0.26.0\"}");
    } else if (strncmp(head, "GET /metrics", 12) == 0) {
        answer(c, "text/plain; version=0.0.4", METRICS);
    } else {
        c->events = field(head, "\nx-events: ", 0);
        c->gap = field(head, "\nx-gap-us: ", 1000) * 1000;
        c->is_burst = field(head, "\nx-burst: ", 0) > 0;
        c->stream = field(head, "\nx-stream: ", 0);
        if (c->events > 0) begin_stream(c);
        else answer_whole(c);
    }
}

// Takes what has come: a head up to its empty line, then as much body as it announced.
static void on_bytes(connection *c, char *bytes, size_t count) {
    while (count > 0) {
        if (c->body_left > 0) {
            size_t taken = count < c->body_left ? count : (size_t)c->body_left;
            checksum_add(&c->body, (unsigned char *)bytes, taken);
            // Bodies of streams are short and come whole.
            c->wants_usage |= taken < 4096 && memmem(bytes, taken, "\"include_usage\":true", 20) != NULL;
            c->body_left -= taken;
            bytes += taken;
            count -= taken;
            if (c->body_left == 0) on_request(c);
            continue;
        }
        size_t room = MAX_HEAD - 1 - c->head_used, taken = count < room ? count : room;
        memcpy(c->head + c->head_used, bytes, taken);
        c->head[c->head_used + taken] = 0;
        char *end = strstr(c->head + (c->head_used > 3 ? c->head_used - 3 : 0), "\r\n\r\n");
        if (!end) {
            c->head_used += taken;
            if (c->head_used == MAX_HEAD - 1) exit(2);
            return;
        }
        size_t used = (size_t)(end + 4 - c->head) - c->head_used;
        end[2] = 0;
        c->head_used = 0;
        bytes += used;
        count -= used;
        memset(&c->body, 0, sizeof c->body);
        c->wants_usage = 0;
        c->body_left = field(c->head, "\ncontent-length: ", 0);
        if (c->body_left == 0) on_request(c);
    }
}

static void on_readable(connection *c) {
    static char bytes[256 << 10];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n > 0) on_bytes(c, bytes, (size_t)n);
    else if (n == 0 || errno != EAGAIN) drop(c);
}

static void on_writable(connection *c) {
    char *bytes = c->unsent;
    size_t count = c->unsent_bytes;
    c->unsent = NULL;
    watch(c, EPOLLIN);
    if (bytes) send_all(c, bytes, count);
    free(bytes);
}

static void on_client(int listener) {
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) return;
        if (fd >= MAX_CONNECTIONS) die("too many connections");
        set_up_socket(fd);
        connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        c->heap_at = -1;
        c->head = malloc(MAX_HEAD);
        connections[fd] = c;
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
    }
}

static int listen_on(int family, const void *address, socklen_t length) {
    int fd = socket(family, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, address, length) || listen(fd, 4096)) die("listen");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &e);
    return fd;
}

static void make_event_frame(void) {
    char data[1024];
    int n = snprintf(data, sizeof data, "%s%*s%s\n\n", EVENT_HEAD, MARK_BYTES, "", EVENT_TAIL);
    int size_line = snprintf(event_frame, sizeof event_frame, "%x\r\n", n);
    memcpy(event_frame + size_line, data, (size_t)n);
    memcpy(event_frame + size_line + n, "\r\n", 2);
    event_frame_bytes = (size_t)(size_line + n + 2);
    mark_at = (size_t)size_line + strlen(EVENT_HEAD);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: engine TCP_PORT UNIX_PATH\n");
        return 2;
    }
    make_event_frame();
    epoll_fd = epoll_create1(0);
    struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct sockaddr_un unix_address = {.sun_family = AF_UNIX};
    snprintf(unix_address.sun_path, sizeof unix_address.sun_path, "%s", argv[2]);
    unlink(argv[2]);
    int listeners[2] = {listen_on(AF_INET, &tcp, sizeof tcp), listen_on(AF_UNIX, &unix_address, sizeof unix_address)};
    struct epoll_event in = {.events = EPOLLIN, .data.fd = 0};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &in);

    struct epoll_event ready[256];
    for (;;) {
        struct timespec wait = {60, 0};
        if (heap_size > 0) {
            uint64_t now = now_nanos(), left = heap[0]->due > now ? heap[0]->due - now : 0;
            wait.tv_sec = (time_t)(left / 1000000000u);
            wait.tv_nsec = (long)(left % 1000000000u);
        }
        int n = epoll_pwait2(epoll_fd, ready, 256, &wait, NULL);
        for (int i = 0; i < n; i++) {
            int fd = ready[i].data.fd;
            if (fd == 0) return 0;
            if (fd == listeners[0] || fd == listeners[1]) {
                on_client(fd);
                continue;
            }
            connection *c = connections[fd];
            if (c && ready[i].events & EPOLLOUT) on_writable(c);
            if (c && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
        }
        uint64_t now = now_nanos();
        for (int budget = 64; budget > 0 && heap_size > 0 && heap[0]->due <= now; budget--) on_due(heap[0], now);
    }
}
