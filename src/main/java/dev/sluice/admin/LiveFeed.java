package dev.sluice.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.admission.Snapshot;
import dev.sluice.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the live page hears, as server-sent events: once a second the state, made once for all who listen; to each that
 * comes first the figures of the last minutes, which are kept whether anybody listens or not. Listeners are bounded, and
 * one that does not read is dropped. Confined to the admin port's event loop.
 */
final class LiveFeed {

    static final int MOST_LISTENERS = 16;

    /** Agents named in an event; all of them are in its sums. */
    private static final int MOST_LISTED = 200;

    private static final int KEPT_SAMPLES = 300;

    /** A gate that has not answered for so many looks is reported. */
    private static final int LATE_LOOKS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final AdminSource source;
    private final Telemetry telemetry;
    private final EventLoop loop;
    private final Set<Channel> listeners = new LinkedHashSet<>();
    private final Deque<ArrayNode> samples = new ArrayDeque<>();
    private @Nullable String latest;
    private boolean asking;
    private int looksWithoutAnswer;

    LiveFeed(AdminSource source, Telemetry telemetry, EventLoop loop) {
        this.source = source;
        this.telemetry = telemetry;
        this.loop = loop;
    }

    /** Looks once a second until the loop ends. */
    void start() {
        var unused = loop.scheduleAtFixedRate(this::look, 0, 1, TimeUnit.SECONDS);
    }

    /** Whether the channel listens from now on; false if there are too many. It is the caller's to answer then. */
    boolean join(Channel channel) {
        if (listeners.size() >= MOST_LISTENERS) {
            return false;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        channel.write(head);
        ArrayNode history = JSON.arrayNode();
        samples.forEach(history::add);
        String known = latest == null ? "" : event("state", latest);
        channel.writeAndFlush(content("retry: 2000\n" + event("history", history.toString()) + known));
        listeners.add(channel);
        channel.closeFuture().addListener(closed -> listeners.remove(channel));
        return true;
    }

    int listeners() {
        return listeners.size();
    }

    private void look() {
        guard(this::ask);
    }

    /** What throws once must not end the looks: that there is no answer is told in its time. */
    private static void guard(Runnable part) {
        try {
            part.run();
        } catch (Throwable e) {
            LOG.error("A look for the live page failed; the next one comes", e);
        }
    }

    private void ask() {
        if (++looksWithoutAnswer > LATE_LOOKS) {
            latest = null;
            tell(event("stalled", "{\"error\":\"the gate does not answer\"}"));
        }
        if (asking) {
            return;
        }
        CompletableFuture<Snapshot> answer = source.snapshot(listeners.isEmpty() ? 0 : MOST_LISTED);
        asking = true;
        answer.whenCompleteAsync(this::onAnswer, loop);
    }

    private void onAnswer(@Nullable Snapshot snapshot, @Nullable Throwable failure) {
        asking = false;
        if (snapshot != null) { // if the next looks have no answer either, that is told
            guard(() -> show(snapshot));
        }
    }

    private void show(Snapshot snapshot) {
        long nowMillis = System.currentTimeMillis();
        if (samples.size() == KEPT_SAMPLES) {
            samples.removeFirst();
        }
        samples.addLast(sample(snapshot, nowMillis));
        if (listeners.isEmpty()) {
            latest = null;
            looksWithoutAnswer = 0;
            return;
        }
        ObjectNode state = StatePage.of(snapshot, source, telemetry.inFlight()).put("at", nowMillis);
        latest = state.toString();
        tell(event("state", latest));
        looksWithoutAnswer = 0;
    }

    /** In the order in which the page reads it. */
    private static ArrayNode sample(Snapshot snapshot, long nowMillis) {
        return JSON.arrayNode()
                .add(nowMillis)
                .add(StatePage.known(snapshot.pressure()))
                .add(StatePage.known(snapshot.budget()))
                .add(StatePage.known(snapshot.kvUsageRatio()))
                .add(StatePage.known(snapshot.hitRatio()))
                .add(StatePage.known(snapshot.loss().ratio()))
                .add(snapshot.agents().waiting());
    }

    private void tell(String event) {
        if (listeners.isEmpty()) {
            return;
        }
        ByteBuf bytes = Unpooled.copiedBuffer(event, UTF_8);
        for (Channel listener : List.copyOf(listeners)) {
            if (listener.isWritable()) {
                listener.writeAndFlush(new DefaultHttpContent(bytes.retainedDuplicate()));
            } else {
                listener.close();
            }
        }
        bytes.release();
    }

    private static String event(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }

    private static DefaultHttpContent content(String text) {
        return new DefaultHttpContent(Unpooled.copiedBuffer(text, UTF_8));
    }
}
