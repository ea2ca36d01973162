package dev.sluice.proxy;

import dev.sluice.admission.ContextUse;
import dev.sluice.admission.Place;
import dev.sluice.gate.Permit;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The fields that Sluice adds to the answer of a governed request. */
final class OwnFields {

    private static final AsciiString AGENT = AsciiString.cached("Sluice-Agent");
    private static final AsciiString WAIT = AsciiString.cached("Sluice-Wait-Ms");

    private OwnFields() {}

    /**
     * The fields of one step.
     *
     * @param place where it stood when that was told last; null if it was not held
     * @param permit null if it may not go, or not yet: then the place is told, too
     */
    static HttpHeaders of(String agentId, long waitedNanos, @Nullable Place place, @Nullable Permit permit) {
        HttpHeaders fields = HopByHop.emptyFields()
                .add(AGENT, agentId)
                .add(WAIT, Long.toString(TimeUnit.NANOSECONDS.toMillis(waitedNanos)));
        if (place != null) {
            fields.set("Sluice-Held", place.reason().label());
        }
        if (place != null && permit == null) {
            fields.set("Sluice-Place", place.position() + "/" + place.of());
            if (place.estimateNanos() >= 0) {
                fields.set("Sluice-Estimate-Ms", TimeUnit.NANOSECONDS.toMillis(place.estimateNanos()));
            }
        }
        ContextUse near = permit == null ? null : permit.context();
        return near == null ? fields : fields.set("Sluice-Context", near.tokens() + "/" + near.limitTokens());
    }
}
