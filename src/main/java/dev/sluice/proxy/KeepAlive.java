package dev.sluice.proxy;

import dev.sluice.admission.Place;
import dev.sluice.api.Route;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Signs of life for a client whose step waits, where its family is given them: one each interval, the first after one interval of
 * waiting, the last before the engine's answer begins. Confined to one event loop.
 */
final class KeepAlive {

    private final ClientTerms terms;
    private final Route route;
    private final ResponseRelay relay;
    private final ClientEdge edge;
    private final Supplier<HttpHeaders> fields;
    private final Runnable look;
    private @Nullable EarlyAnswer answer;
    private @Nullable Place place;
    private @Nullable Future<?> next;
    private boolean isForwarded;
    private boolean stopped;

    /**
     * @param relay where signs go
     * @param fields of our own that the answer begins with
     * @param look asks for the step's place, which {@link #held} is then told
     */
    KeepAlive(
            ClientTerms terms,
            Route route,
            ResponseRelay relay,
            ClientEdge edge,
            Supplier<HttpHeaders> fields,
            Runnable look) {
        this.terms = terms;
        this.route = route;
        this.relay = relay;
        this.edge = edge;
        this.fields = fields;
        this.look = look;
    }

    /** The step waits, and stands there now. */
    void held(Place now, boolean streamed) {
        if (isForwarded) {
            return;
        }
        place = now;
        Duration interval = streamed ? terms.keepAlive() : terms.blanks();
        if (answer == null && interval != null && relay.isHttp11() && !stopped) {
            answer = EarlyAnswer.of(route, streamed, terms.family());
            schedule(interval);
        }
    }

    /** Whether signs of life have come, or may come, before the engine's answer. */
    boolean mayComeFirst() {
        return answer != null;
    }

    /** The step goes to the engine, and has no place any more. */
    void forwarded() {
        isForwarded = true;
        place = null;
    }

    /** Idempotent. */
    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    private void sign(Duration interval) {
        if (stopped || answer == null) {
            return;
        }
        if (!relay.isEarly()) {
            relay.begin(answer, fields.get());
        }
        schedule(interval);
        relay.sign(answer.sign(place));
        if (!isForwarded) {
            look.run();
        }
    }

    private void schedule(Duration interval) {
        next = edge.schedule(() -> sign(interval), interval.toNanos());
    }
}
