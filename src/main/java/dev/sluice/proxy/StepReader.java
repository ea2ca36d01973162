package dev.sluice.proxy;

import dev.sluice.admission.Arrival;
import dev.sluice.agent.BadIdentityException;
import dev.sluice.agent.Fingerprint;
import dev.sluice.agent.Identity;
import dev.sluice.agent.IdentityRules;
import dev.sluice.agent.TenantKeys;
import dev.sluice.api.BadRequestException;
import dev.sluice.api.RequestFacts;
import dev.sluice.api.RequestReader;
import dev.sluice.api.Route;
import dev.sluice.config.IdentityConfig;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Makes steps of governed requests: what they say and who asks. Thread-safe. */
final class StepReader {

    private final IdentityRules identities;
    private final RequestReader requests;
    private final AtomicLong serial;
    private final Supplier<TenantKeys> keys;

    /**
     * @param serial numbers the requests without an identity; shared with the readers before and after this one
     * @param keys of tenants, as they are in force
     */
    StepReader(IdentityConfig config, AtomicLong serial, Supplier<TenantKeys> keys) {
        this.serial = serial;
        this.keys = keys;
        identities = new IdentityRules(config, keys);
        requests = new RequestReader(identities.bodyPaths());
    }

    /** Whether the sender of these fields may use the engine. */
    boolean admits(HttpHeaders fields) {
        TenantKeys known = keys.get();
        return !known.isNeeded() || known.tenantOf(fields::get) != null;
    }

    /**
     * Reads one request.
     *
     * @param collected the whole body; the step takes it, unless this throws
     */
    Step read(Route route, HttpHeaders fields, BodyCollector collected)
            throws BadRequestException, BadIdentityException {
        ByteBuf body = collected.whole();
        RequestFacts facts = requests.read(route, body);
        Identity identity = identities.identify(fields::get, facts.identity(), serial::incrementAndGet);
        Arrival arrival = new Arrival(
                identity.agentId(),
                identity.source(),
                identity.tenant(),
                identity.parentId(),
                identity.anonymous(),
                facts.started(),
                body.readableBytes(),
                facts.maxOutputTokens(),
                identity.anonymous(),
                facts.streamed());
        Fingerprint print = identity.fingerprint(facts.chain(), isRepeated(fields));
        return new Step(facts, arrival, print, collected.take());
    }

    /** The SDKs of both APIs count how often they have asked before. */
    private static boolean isRepeated(HttpHeaders fields) {
        String count = fields.get("x-stainless-retry-count");
        return count != null && !count.equals("0");
    }
}
